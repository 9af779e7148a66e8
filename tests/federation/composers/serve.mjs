// Serves one gateway over HTTP until it is ended. In: {gateway, subgraphs: [{name, url, sdl}]}. Says its port.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { parse } from "graphql";
import { composeServices } from "@theguild/federation-composition";

const { gateway, subgraphs } = JSON.parse(readFileSync(0, "utf8"));
const composed = composeServices(subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
if (composed.errors?.length) throw new Error(composed.errors.map((one) => one.message).join("; "));
const supergraph = composed.supergraphSdl;

const GATEWAYS = {
  // Its executor behind node's own server, each document parsed once: less than Apollo Server does for a request.
  async apollo() {
    const { ApolloGateway } = await import("@apollo/gateway");
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const running = new ApolloGateway({ supergraphSdl: supergraph, logger });
    const { executor } = await running.load();
    const documents = new Map();
    const cache = { async get() {}, async set() {}, async delete() {} };
    return async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const asked = JSON.parse(body);
      if (!documents.has(asked.query)) documents.set(asked.query, parse(asked.query));
      const document = documents.get(asked.query);
      const answer = await executor({
        document, request: asked, queryHash: asked.query, operationName: null, operation: document.definitions[0],
        context: {}, cache, metrics: {}, logger, schema: running.schema, source: asked.query,
      });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(answer));
    };
  },
  async hive() {
    const { createGatewayRuntime } = await import("@graphql-hive/gateway-runtime");
    return createGatewayRuntime({ supergraph, logging: false, landingPage: false });
  },
};

const server = createServer(await GATEWAYS[gateway]());
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
