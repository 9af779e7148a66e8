// Watches as other people's clients do: graphql-sse, or graphql-ws, one after the other as standard input says. At each
// event one does the next thing it was given to do (writes a file anew), and leaves at the event after the last. Prints
// what each was told, and what became of it with a token that is none, as JSON.
import { readFileSync, writeFileSync } from 'node:fs';
import { createClient as overEvents } from 'graphql-sse';
import { createClient as overSocket } from 'graphql-ws';

async function watch({ url, token, socket, query, variables, then }) {
  const authorization = `Bearer ${token}`;
  const client = socket
    ? overSocket({ url: url.replace(/^http/, 'ws'), connectionParams: { authorization }, retryAttempts: 0 })
    : overEvents({ url, headers: { authorization }, retryAttempts: 0 });
  const events = [];
  const end = await new Promise((done) => {
    const next = (event) => {
      const step = then[events.length];
      events.push(event);
      if (step) writeFileSync(step.path, step.text);
      else done('left');
    };
    const error = (wrong) => done(wrong.code ?? wrong[0]?.extensions?.code ?? wrong.message);
    client.subscribe({ query, variables }, { next, error, complete: () => done('complete') });
  });
  await client.dispose();
  return { events, end };
}

const told = [];
for (const asked of JSON.parse(readFileSync(0, 'utf-8'))) {
  writeFileSync(asked.before.path, asked.before.text);
  told.push({ ...(await watch(asked)), refused: await watch({ ...asked, token: 'none' }) });
}
process.stdout.write(JSON.stringify(told));
