// Asks an endpoint the public audits of GraphQL over HTTP, and prints what each came to as JSON. Standard input
// has the address and a bearer token, which is sent with every request.
import { readFileSync } from 'node:fs';
import { serverAudits } from 'graphql-http';

const { url, token } = JSON.parse(readFileSync(0, 'utf-8'));
const fetchFn = (input, init = {}) =>
  fetch(input, { ...init, headers: { ...(init.headers ?? {}), authorization: `Bearer ${token}` } });
const results = [];
for (const audit of serverAudits({ url, fetchFn })) {
  const { status, reason } = await audit.fn();
  results.push({ id: audit.id, name: audit.name, status, reason: reason ?? null });
}
process.stdout.write(JSON.stringify(results));
