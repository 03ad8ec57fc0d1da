import type { Plain } from "../../core/compare.ts";
import { failure, kinds, notYet } from "../../errors.ts";
import type { HttpAnswer } from "../http/http.ts";
import { HttpFailure } from "../http/failure.ts";
import type { LeaderStatus, ServerFacts } from "../world.ts";
import { health, isHealth } from "./health.ts";
import { isNodeAnswer } from "./node-answers.ts";
import { garbage, isVaults, rejected, unreachable, wordsOf } from "./refusal.ts";
import { secretsIn } from "./secrets-in.ts";
import type { VaultServer } from "./server.ts";

/** Asks one server without a token. Throws NotYet VK1201 for a pod that does not listen, CliError VK1201, VK1208 to VK1210. */
export async function readNode<T>(server: VaultServer, path: string): Promise<T> {
  return taken<T>(server, "GET", path, await sent(server, "GET", path));
}

/** Writes to one server without a token. Never repeated once it may have arrived: an init whose answer was lost must not be sent twice. */
export async function writeNode<T>(server: VaultServer, path: string, body: Plain): Promise<T> {
  return taken<T>(server, "POST", path, await sent(server, "POST", path, body), body);
}

const nobody: LeaderStatus = { ha_enabled: false, is_self: false, leader_address: "" };

/** A sealed node follows nobody that it could name: Vault 1.21 answers 503 there, others 200 with empty addresses. */
export async function leaderOf(server: VaultServer): Promise<LeaderStatus> {
  const answer = await sent(server, "GET", "sys/leader");
  if (answer.status === 503 && isVaults(answer)) return nobody;
  return { ...nobody, ...taken<Partial<LeaderStatus>>(server, "GET", "sys/leader", answer) };
}

/** The clock is in whole seconds: half of one is added, and half of the way. */
export async function factsOf(server: VaultServer): Promise<ServerFacts> {
  const sentAt = Date.now();
  const state = await health(server);
  if (state instanceof HttpFailure) throw notAnswered(server, state);
  if (!isHealth(state)) return { version: "", clockAheadMs: undefined };
  const { version, server_time_utc: seconds } = state;
  return { version, clockAheadMs: seconds === undefined ? undefined : seconds * 1000 + 500 - (sentAt + Date.now()) / 2 };
}

/** The answer of init is given once. */
const givenOnce = (path: string): boolean => path === "sys/init";

async function sent(server: VaultServer, method: "GET" | "POST", path: string, body?: Plain): Promise<HttpAnswer> {
  const headers = { "X-Vault-Request": "true", ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  const request = { method, path, headers, body: body === undefined ? undefined : JSON.stringify(body), toItsEnd: givenOnce(path) };
  return server.send(request).catch((error: unknown) => {
    throw error instanceof HttpFailure ? notAnswered(server, error) : error;
  });
}

function taken<T>(server: VaultServer, method: "GET" | "POST", path: string, answer: HttpAnswer, body?: Plain): T {
  if (answer.status === 200 && isVaults(answer)) {
    if (isNodeAnswer(path, answer.json)) return answer.json as T;
    throw garbage({ method, path, where: server.title, secrets: [] }, answer);
  }
  if (barred.has(answer.status) && isVaults(answer)) throw notVaults(server, path, answer, secretsIn(body));
  throw rejected({ method, path, where: server.title, secrets: secretsIn(body) }, answer);
}

const barred = new Set([401, 403, 404]);

/** These paths want no token, so it is not Vault that refuses them. */
function notVaults(server: VaultServer, path: string, answer: HttpAnswer, secrets: readonly string[]): Error {
  const words = wordsOf(answer, secrets);
  return failure(kinds.vaultGarbage, {
    what: `Something before Vault refuses ${path} (${server.title})`,
    why: `It answered ${answer.status}${words === "" ? "" : `: ${words}`}. Vault itself lets anyone ask this.`,
    fix: "Look at the proxies, Ingress rules and firewalls in between.",
  });
}

/** A pod that starts does not answer yet; that may come. */
function notAnswered(server: VaultServer, error: HttpFailure): Error {
  const said = unreachable(server, error);
  const podsOwn = error.code?.startsWith("TUNNEL") === true && error.reason === "unreachable";
  return podsOwn ? notYet(said.kind, { what: said.message, why: said.why, fix: `Look at pod ${server.name}.` }) : said;
}
