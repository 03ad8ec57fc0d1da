import { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import type { HttpAnswer } from "../http/http.ts";
import type { Plain } from "../../core/compare.ts";
import type { MadeToken, VaultAnswer, VaultLogin, VaultWriter } from "../world.ts";
import { texts } from "../../core/values.ts";
import { isAbsent, nothing } from "./answers.ts";
import { watchLog } from "./monitor.ts";
import { factsOf } from "./node-request.ts";
import { isBadToken, isVaults, rejected, wordsOf } from "./refusal.ts";
import { wayToRoot } from "./root-generation.ts";
import { Session, capabilitiesPath, type Question, type SessionOptions } from "./session.ts";

/** Vault as one service. Documented at https://developer.hashicorp.com/vault/api-docs. */
export function vaultClient(options: SessionOptions): VaultWriter {
  const session = new Session(options);
  const write = async (question: Omit<Question, "token">, as?: string): Promise<VaultAnswer> => {
    const { asked, answer } = await sent(session, question, as);
    return question.method === "DELETE" && isAbsent(answer) ? nothing : session.good(asked, answer);
  };
  return {
    describe: () => options.route.describe(),
    facts: async () => factsOf(await options.route.server()),
    get: (path) => get(session, path),
    post: (path, body) => write({ method: "POST", path, body }),
    postAs: (token, path, body) => write({ method: "POST", path, body }, token),
    createOrphan: (as, request) => createOrphan(session, as, request),
    wayToRoot: async (as) => wayToRoot(session, as ?? (await session.token().catch(unlessNone))),
    handOver: (from, to) => session.handOver(from, to),
    remove: async (path) => void (await write({ method: "DELETE", path })),
    capabilities: (paths, as) => capabilities(session, paths, as),
    login: (mount, role, jwt) => login(session, mount, role, jwt),
    getAs: (token, path) => getAs(session, token, path),
    revoke: (token) => revoke(session, token),
    watchLog: async (question) => {
      const token = await session.token();
      // The log is the server's, of all namespaces: no namespace may be sent.
      const headers = { "X-Vault-Request": "true", "X-Vault-Token": token };
      return watchLog(options.route, headers, { ...question, hide: [...question.hide, token] });
    },
  };
}

/** With the run's token, or with another. */
async function sent(
  session: Session,
  question: Omit<Question, "token">,
  as: string | undefined,
): Promise<{ readonly asked: Question; readonly answer: HttpAnswer }> {
  if (as === undefined) return session.sendOwn(question);
  const asked = { ...question, token: as };
  return { asked, answer: await session.send(asked) };
}

async function get(session: Session, path: string): Promise<VaultAnswer | undefined> {
  const { asked, answer } = await session.sendOwn({ method: "GET", path });
  return isAbsent(answer) ? undefined : session.good(asked, answer);
}

async function capabilities(session: Session, paths: readonly string[], as: string | undefined): Promise<Record<string, string[]>> {
  const { asked, answer } = await sent(session, { method: "POST", path: capabilitiesPath, body: { paths: [...paths] } }, as);
  const { data } = await session.good(asked, answer);
  return Object.fromEntries(paths.map((path) => [path, texts(data[path])]));
}

async function login(session: Session, mount: string, role: string, jwt: string): Promise<VaultLogin> {
  const question = { method: "POST", path: `auth/${mount}/login`, body: { role, jwt }, token: undefined } as const;
  const answer = await session.send(question);
  if (answer.status >= 400 && isVaults(answer)) throw loginRefused(mount, role, answer, jwt);
  await session.good(question, answer);
  return given(session, question, answer);
}

/** The token that an answer gives. */
function given(session: Session, question: Question, answer: HttpAnswer): VaultLogin {
  const { auth } = answer.json as { auth?: { client_token?: unknown; policies?: unknown } | null };
  if (typeof auth?.client_token !== "string") throw rejected(session.act(question), answer);
  return { token: auth.client_token, policies: texts(auth.policies) };
}

async function createOrphan(session: Session, as: string | undefined, body: Plain): Promise<MadeToken> {
  const question = { method: "POST", path: "auth/token/create-orphan", body, token: as ?? (await session.token()) } as const;
  const answer = await session.send(question);
  const { warnings } = await session.good(question, answer);
  return { token: given(session, question, answer).token, warnings };
}

function loginRefused(mount: string, role: string, answer: HttpAnswer, jwt: string): Error {
  const kind = answer.status === 403 ? kinds.vaultDenied : answer.status >= 500 ? kinds.vaultFailed : kinds.vaultRejected;
  const why = wordsOf(answer, [jwt]) || `It answered ${answer.status}.`;
  return failure(kind, { what: `Vault refused the login of role ${role} at auth/${mount}`, why });
}

async function getAs(session: Session, token: string, path: string): ReturnType<VaultWriter["getAs"]> {
  const question = { method: "GET", path, token } as const;
  const answer = await session.send(question);
  if (answer.status === 403 && isVaults(answer)) return { kind: "denied", reason: wordsOf(answer, [token]) };
  return isAbsent(answer) ? { kind: "absent" } : { kind: "found", answer: await session.good(question, answer) };
}

/** Root generation may want no token at all. */
function unlessNone(error: unknown): undefined {
  if (error instanceof CliError && error.kind === kinds.vaultNoToken) return undefined;
  throw error;
}

async function revoke(session: Session, token: string): Promise<void> {
  const question = { method: "POST", path: "auth/token/revoke-self", token } as const;
  const answer = await session.send(question);
  // A token that Vault does not know is as good as revoked.
  if (!isBadToken(answer)) await session.good(question, answer);
}
