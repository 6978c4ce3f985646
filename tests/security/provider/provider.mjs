/**
 * A certified OpenID Connect provider on this machine, for the tests of signing on.
 *
 * Takes its settings as JSON in PROVIDER. Anybody may sign in with any password; the groups of an account stand in its name
 * before a full stop: `brokers.jo` is of the group brokers. POST /control makes the next answer of the token endpoint carry
 * another ID token, which no honest provider does.
 */

import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const { port, service, secret, jwks, audience } = JSON.parse(process.env.PROVIDER);
const issuer = `http://127.0.0.1:${port}`;
const groupsOf = (name) => (name.includes(".") ? name.split(".")[0].split("+") : []);

const provider = new Provider(issuer, {
  jwks,
  clients: [
    {
      client_id: "patchwork",
      client_secret: secret,
      redirect_uris: [`${service}/sign-on/callback`],
      post_logout_redirect_uris: [`${service}/`],
      backchannel_logout_uri: `${service}/sign-on/back-channel`,
      backchannel_logout_session_required: true,
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
    {
      client_id: "brokers.robot",
      client_secret: secret,
      redirect_uris: [],
      response_types: [],
      grant_types: ["client_credentials"],
    },
  ],
  claims: { openid: ["sub", "groups", "name"], profile: [] },
  conformIdTokenClaims: false,
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, groups: groupsOf(id), name: `Person ${id}` }),
  }),
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({ scope: "", audience, accessTokenFormat: "jwt", accessTokenTTL: 600 }),
      defaultResource: () => [],
    },
  },
  extraTokenClaims: (_context, token) => ({ groups: groupsOf(token.accountId ?? token.clientId ?? "") }),
  // What the council's own service is given needs no consent of each person.
  loadExistingGrant: async (context) => {
    const grant = new context.oidc.provider.Grant({
      clientId: context.oidc.client.clientId,
      accountId: context.oidc.session.accountId,
    });
    grant.addOIDCScope("openid");
    await grant.save();
    return grant;
  },
  // It guards against calls to this machine itself, and that is where the service under test is.
  fetch: (address, options) => globalThis.fetch(address, { ...options, dispatcher: undefined }),
  pkce: { required: () => true },
});

let forged = null;
provider.use(async (context, next) => {
  await next();
  if (context.oidc?.route === "token" && forged !== null && context.status === 200) {
    context.body = { ...context.body, id_token: forged };
    forged = null;
  }
});

const answer = provider.callback();
createServer((request, response) => {
  if (request.url !== "/control") return void answer(request, response);
  let said = "";
  request.on("data", (part) => (said += part));
  request.on("end", () => {
    forged = JSON.parse(said).id_token;
    response.end("{}");
  });
}).listen(port, "127.0.0.1", () => console.log("listening"));
