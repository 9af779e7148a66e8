// Answers one request through one gateway. In: {gateway, supergraph, subgraphs, request, headers}. Out: the answer.
import { readFileSync } from "node:fs";
import { buildASTSchema, execute, parse } from "graphql";

const { gateway, supergraph, subgraphs, request, headers } = JSON.parse(readFileSync(0, "utf8"));

const GATEWAYS = {
  async apollo() {
    const { ApolloGateway, RemoteGraphQLDataSource } = await import("@apollo/gateway");
    class Passing extends RemoteGraphQLDataSource {
      willSendRequest({ request: sent }) {
        for (const [name, value] of Object.entries(headers)) sent.http.headers.set(name, value);
      }
    }
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    const running = new ApolloGateway({ supergraphSdl: supergraph, buildService: ({ url }) => new Passing({ url }), logger: quiet });
    const { executor } = await running.load();
    const document = parse(request.query);
    const answer = await executor({
      document, request, queryHash: "one", operationName: null, operation: document.definitions[0], context: {},
      cache: new Map(), metrics: {}, logger: quiet, schema: running.schema, source: request.query,
    });
    await running.stop();
    return answer;
  },
  async hive() {
    const { createGatewayRuntime } = await import("@graphql-hive/gateway-runtime");
    const running = createGatewayRuntime({
      supergraph, logging: false, maskedErrors: false, landingPage: false,
      propagateHeaders: { fromClientToSubgraphs: () => headers },
    });
    const answered = await running.fetch("http://gateway/graphql", {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(request),
    });
    const answer = await answered.json();
    await running[Symbol.asyncDispose]?.();
    return answer;
  },
  async stitching() {
    const { stitchSchemas } = await import("@graphql-tools/stitch");
    const { buildHTTPExecutor } = await import("@graphql-tools/executor-http");
    const context = { purpose: headers["hub-purpose"], reference: headers["hub-reference"] };
    const byKey = {
      Person: {
        fieldName: "people", selectionSet: "{ id }", key: ({ id }) => id, argsFromKeys: (ids) => ({ ids, context }),
      },
    };
    const schema = stitchSchemas({
      subschemas: subgraphs.map(({ url, served, merges }) => ({
        schema: buildASTSchema(parse(served), { assumeValid: true }),
        executor: buildHTTPExecutor({ endpoint: url, headers }),
        batch: true,
        ...(merges ? { merge: byKey } : {}),
      })),
    });
    return execute({ schema, document: parse(request.query), variableValues: request.variables, contextValue: {} });
  },
};

process.stdout.write(JSON.stringify(await GATEWAYS[gateway]()));
process.exit(0);
