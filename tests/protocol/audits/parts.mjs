// Answers in parts as other people's clients read them: Apollo Client, urql, and meros by itself, one after the other.
// Each asks what standard input says; when the first part is there a file is written, at which the slow source answers.
// Prints what each client had after every part, as JSON.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { createClient, fetchExchange } from '@urql/core';
import { meros } from 'meros/browser';

const { url, token, queries, variables, gate } = JSON.parse(readFileSync(0, 'utf-8'));
const headers = { authorization: `Bearer ${token}` };

function collecting(done) {
  const seen = [];
  return (data, more) => {
    if (data) seen.push(structuredClone(data));
    if (seen.length === 1) writeFileSync(gate, '');
    if (!more) done(seen);
  };
}

function apollo(query) {
  const link = new HttpLink({ uri: url, headers });
  const client = new ApolloClient({ link, cache: new InMemoryCache(), incrementalHandler: new GraphQL17Alpha9Handler() });
  return new Promise((done, failed) => {
    const next = collecting(done);
    const watched = client.watchQuery({ query: gql(query), variables, fetchPolicy: 'network-only', notifyOnNetworkStatusChange: true });
    watched.subscribe({
      next: ({ data, dataState, error }) => (error ? failed(error) : next(data, dataState !== 'complete')),
      error: failed,
    });
  });
}

function urql(query) {
  const client = createClient({ url, exchanges: [fetchExchange], fetchOptions: { headers }, preferGetMethod: false });
  return new Promise((done, failed) => {
    const next = collecting(done);
    client.query(query, variables).subscribe(({ data, error, hasNext }) => (error ? failed(error) : next(data, hasNext)));
  });
}

async function bare(query) {
  const asked = { ...headers, 'content-type': 'application/json', accept: 'multipart/mixed' };
  const parts = await meros(await fetch(url, { method: 'POST', headers: asked, body: JSON.stringify({ query, variables }) }));
  const seen = [];
  for await (const part of parts) {
    seen.push(part.body);
    if (seen.length === 1) writeFileSync(gate, '');
  }
  return seen;
}

const told = {};
for (const [name, client] of Object.entries({ apollo, urql, bare })) {
  told[name] = {};
  for (const [which, query] of Object.entries(queries)) {
    rmSync(gate, { force: true });
    told[name][which] = await client(query);
  }
}
process.stdout.write(JSON.stringify(told));
process.exit(0);
