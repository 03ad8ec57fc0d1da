import type { HttpAnswer } from "../http/http.ts";
import { HttpFailure } from "../http/failure.ts";
import { untilAnswered, type Patience } from "../http/patience.ts";
import { isElection } from "./passing.ts";
import { noActive, sealed, uninitialised } from "./states.ts";
import { isVaults, saysHttps, unreachable, wordsOf } from "./refusal.ts";
import type { VaultRequest, VaultRoute, VaultServer } from "./server.ts";

/** Sends a request to Vault as one service, waits out what passes by itself, and finds the active server again when it moved. */
export type Ask = (request: VaultRequest) => Promise<HttpAnswer>;

/**
 * @returns an Ask whose answers are Vault's own words, good or bad, except sealed, not initialised and unreachable:
 * those are thrown (NotYet VK1202, VK1206, CliError VK1201, VK1210).
 */
export function asker(route: VaultRoute, patience: Partial<Patience>): Ask {
  return async (request) => {
    const answer = await untilAnswered(() => withSecondChoice(route, request), worthWaiting, patience);
    if (answer.status === 503 && isVaults(answer)) throw await whySealed(await route.server());
    return answer;
  };
}

/** Another server may have become active since the first one was chosen. A write that may have been carried out is not sent again. */
async function withSecondChoice(route: VaultRoute, request: VaultRequest): Promise<HttpAnswer> {
  const server = await route.server();
  const first = await server.send(request).catch((error: unknown) => {
    if (error instanceof HttpFailure) return error;
    throw error;
  });
  if (!(first instanceof HttpFailure))
    return (isStandbys(first) || wantsTls(first)) && route.chooseAgain() ? second(route, request) : first;
  const again = first.reason === "unreachable" || (first.reason === "lost" && request.method === "GET");
  if (again && (route.chooseAgain() || first.reason === "lost")) return second(route, request);
  throw unreachable(server, first);
}

async function second(route: VaultRoute, request: VaultRequest): Promise<HttpAnswer> {
  const server = await route.server();
  return server.send(request).catch((error: unknown) => {
    throw error instanceof HttpFailure ? unreachable(server, error) : error;
  });
}

/** A standby that cannot forward redirects to the active one's own address, or says that there is none. */
const isStandbys = (answer: HttpAnswer): boolean => answer.status === 307 || answer.status === 503;

/** A pod that was replaced speaks https now, and took nothing of the request. What chooses again looks at the pods anew. */
const wantsTls = (answer: HttpAnswer): boolean => answer.status === 400 && saysHttps(answer);

/**
 * How long an answer is worth asking again, in milliseconds. A new KV mount upgrades itself; elections and replication take
 * moments; a rate limit says itself when it ends. Vault's API docs, "HTTP status codes" and /secret/kv/kv-v2.
 */
function worthWaiting(answer: HttpAnswer): number {
  if (answer.status === 400 && wordsOf(answer).includes("pgrad")) return 30_000;
  if (answer.status === 429) return 30_000;
  if (answer.status === 412) return 10_000;
  return isElection(answer) ? 15_000 : 0;
}

async function whySealed(server: VaultServer): Promise<Error> {
  const answer = await server
    .send({ method: "GET", path: "sys/seal-status", headers: { "X-Vault-Request": "true" } })
    .catch(() => undefined);
  const state = (answer?.json ?? {}) as { initialized?: unknown; sealed?: unknown };
  if (state.initialized === false) return uninitialised(server.title);
  return state.sealed === false ? noActive(server.title, `Look: vault status -address=${server.name}`) : sealed(server.title);
}
