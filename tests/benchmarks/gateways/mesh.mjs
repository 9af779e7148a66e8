// GraphQL Mesh over the nine agencies' own REST: composed once, answered by its gateway. In: their ports. Says its port.
import { createServer } from "node:http";
import { getComposedSchemaFromConfig } from "@graphql-mesh/compose-cli";
import { loadJSONSchemaSubgraph } from "@omnigraph/json-schema";
import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import rest from "@graphql-mesh/transport-rest";

const quiet = { debug() {}, info() {}, log() {}, warn() {}, error() {}, child: () => quiet };
const text = { type: "string" };
const texts = (...names) => Object.fromEntries(names.map((name) => [name, text]));
const listed = (title, properties) => ({
  type: "object", title: `${title}List`, properties: { items: { type: "array", items: { type: "object", title, properties } } },
});
const WORKER = { type: "object", title: "Professional", properties: texts("workerId", "name", "role", "team", "phone", "email", "state") };
const INVOLVED = { ...texts("ref", "state", "part", "organisation", "team", "from", "to"), workers: { type: "array", items: WORKER } };
const EVENT = texts("ref", "on", "until", "kind", "title", "summary", "impact", "action", "outcome");
const EVERYBODY = Array.from({ length: 100 }, (_, n) => `P${n + 1}`).join(",");
const asked = (field, path, people, responseSchema) => ({
  type: "Query", field, path: `/${path}?person=${people}`, method: "GET", responseSchema,
});

const agency = (port, n) => ({
  sourceHandler: loadJSONSchemaSubgraph(`g${n}`, {
    endpoint: `http://127.0.0.1:${port}`,
    operations: [
      asked(`i${n}`, "involvements", "P1", listed("Involvement", INVOLVED)),
      asked(`a${n}`, "involvements", EVERYBODY, listed("Involvement", INVOLVED)),
      ...(n ? [] : [asked("chronology", "events", "P1", listed("Event", EVENT))]),
    ],
  }),
});

const supergraph = await getComposedSchemaFromConfig({ subgraphs: process.argv.slice(2).map(agency) }, quiet);
const gateway = createGatewayRuntime({ supergraph, transports: { rest }, logging: false, landingPage: false });
const server = createServer(gateway);
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
