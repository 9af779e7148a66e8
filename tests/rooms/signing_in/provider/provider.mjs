// Two providers of one certified library, one as a council's tenant and one as the NHS's, for the tests of sign-in.
// Reads its clients as JSON on standard input; prints the port it listens on.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

let said = '';
for await (const piece of process.stdin) said += piece;
const { clients, people } = JSON.parse(said);

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

function configured(name) {
  return {
    clients: clients[name],
    jwks: { keys: [{ ...key, kid: `${name}-1`, use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['made-up'] },
    scopes: ['openid', 'profile', 'nationalrbacaccess'],
    claims: {
      openid: ['sub', 'tid', 'oid', 'selected_roleid'],
      profile: ['name', 'roles'],
      nationalrbacaccess: ['nhsid_nrbac_roles'],
    },
    acrValues: ['AAL2', 'AAL3'],
    conformIdTokenClaims: name === 'nhs',
    enabledJWA: { clientAuthSigningAlgValues: ['RS512', 'PS256'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    // It sends logout tokens to no machine of one's own otherwise; the hub of these tests is on this one.
    fetch: (url, options) => globalThis.fetch(url, { ...options, dispatcher: undefined }),
    interactions: { url: (_, interaction) => `/${name}/interaction/${interaction.uid}` },
    async findAccount(_, id) {
      return people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id].claims }) };
    },
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope('openid profile nationalrbacaccess');
      await grant.save();
      return grant;
    },
  };
}

async function interact(provider, name, request, answer) {
  const details = await provider.interactionDetails(request, answer);
  if (request.method === 'GET') {
    answer.setHeader('content-type', 'text/html');
    answer.end(`<form method="post" action="/${name}/interaction/${details.uid}"><button>Sign in</button></form>`);
    return;
  }
  let body = '';
  for await (const piece of request) body += piece;
  const accountId = new URLSearchParams(body).get('person');
  const { acr } = people[accountId] ?? {};
  const result = people[accountId] ? { login: { accountId, acr } } : { error: 'access_denied' };
  await provider.interactionFinished(request, answer, result, { mergeWithLastSubmission: false });
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const providers = Object.fromEntries(Object.keys(clients).map((name) => {
    const provider = new Provider(`http://127.0.0.1:${port}/${name}`, configured(name));
    return [name, { provider, answer: provider.callback() }];
  }));
  server.on('request', (request, answer) => {
    const [, name, second] = request.url.split(/[/?]/);
    const found = providers[name];
    if (!found) { answer.statusCode = 404; answer.end(); return; }
    if (second === 'interaction') {
      interact(found.provider, name, request, answer).catch(() => { answer.statusCode = 500; answer.end(); });
      return;
    }
    request.originalUrl = request.url;
    request.url = request.url.slice(name.length + 1) || '/';
    found.answer(request, answer);
  });
  process.stdout.write(`${port}\n`);
});
