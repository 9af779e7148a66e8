// Composes graphs with one library. In: {library, graphs: [[{name, url, sdl}]]}. Out: [{errors, warnings, supergraph}].
import { readFileSync } from "node:fs";
import { parse } from "graphql";

const { library, graphs } = JSON.parse(readFileSync(0, "utf8"));
const messages = (all) => (all ?? []).map((one) => one.message ?? String(one));

const COMPOSERS = {
  async apollo(services) {
    const { composeServices } = await import("@apollo/composition");
    const { errors, hints, supergraphSdl } = composeServices(services);
    return { errors, warnings: hints, supergraph: supergraphSdl };
  },
  async guild(services) {
    const { composeServices } = await import("@theguild/federation-composition");
    const { errors, supergraphSdl } = composeServices(services);
    return { errors, warnings: [], supergraph: supergraphSdl };
  },
  async cosmo(services) {
    const { federateSubgraphs, ROUTER_COMPATIBILITY_VERSION_ONE } = await import("@wundergraph/composition");
    const { success, errors, warnings } = federateSubgraphs({
      subgraphs: services.map(({ name, url, typeDefs }) => ({ name, url, definitions: typeDefs })),
      version: ROUTER_COMPATIBILITY_VERSION_ONE,
    });
    return { errors: success ? [] : errors, warnings, supergraph: "" };
  },
};

const told = [];
for (const subgraphs of graphs) {
  const services = subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
  const { errors, warnings, supergraph } = await COMPOSERS[library](services);
  told.push({ errors: messages(errors), warnings: messages(warnings), supergraph });
}
process.stdout.write(JSON.stringify(told));
