// Mercurius with its compiler on, asking the nine agencies by itself. In: their ports. Says its port.
import fastify from "fastify";
import mercurius from "mercurius";
import { Pool } from "undici";

const pools = process.argv.slice(2).map((port) => new Pool(`http://127.0.0.1:${port}`, { connections: 64 }));
const asked = async (pool, path) => {
  const { body } = await pool.request({ method: "GET", path });
  return (await body.json()).items;
};

const EVERYBODY = Array.from({ length: 100 }, (_, n) => `P${n + 1}`).join(",");
const involved = async (people) =>
  (await Promise.all(pools.map((pool) => asked(pool, `/involvements?person=${people}`)))).flat();

const schema = `
  type Professional { id: ID name: String role: String team: String phone: String email: String status: String }
  type Involvement { id: ID status: String subService: String organisation: String team: String start: String
    end: String professionals: [Professional] }
  type Event { id: ID date: String endDate: String kind: String title: String summary: String impact: String
    actionTaken: String outcome: String service: String }
  type Query { involvements: [Involvement] everybody: [Involvement] chronology: [Event] }`;

const resolvers = {
  Query: {
    involvements: () => involved("P1"),
    everybody: () => involved(EVERYBODY),
    chronology: () => asked(pools[0], "/events?person=P1"),
  },
  Professional: { id: (one) => one.workerId, status: (one) => one.state },
  Involvement: {
    id: (one) => one.ref, status: (one) => one.state, subService: (one) => one.part, start: (one) => one.from,
    end: (one) => one.to, professionals: (one) => one.workers,
  },
  Event: {
    id: (one) => one.ref, date: (one) => one.on, endDate: (one) => one.until, actionTaken: (one) => one.action,
    service: () => "SOCIAL_CARE",
  },
};

const app = fastify();
app.register(mercurius, { schema, resolvers, jit: 1 });
await app.listen({ port: 0, host: "127.0.0.1" });
process.stdout.write(`${app.server.address().port}\n`);
