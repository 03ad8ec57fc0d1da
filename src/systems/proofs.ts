import https from "node:https";
import net from "node:net";
import { checked } from "./http/agent.ts";
import { exchange, type HttpAnswer } from "./http/http.ts";
import { checkIdentity } from "./http/identity.ts";
import { HttpFailure } from "./http/failure.ts";
import { goThrough } from "./http/proxy-agent.ts";
import { proxyFor } from "./http/proxy-for.ts";
import { vaultAt, type ProofOptions } from "./vault/at-address.ts";
import { clean } from "./words.ts";
import type { Proofs, ReviewResult } from "./world.ts";

type Question = Parameters<Proofs["review"]>[0];

/** Proofs made from this machine. */
export function proofsFromHere(options: ProofOptions): Proofs {
  return { review: (question) => review(question, options), vaultAt: (question) => vaultAt(question, options) };
}

/** https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/ */
async function review(question: Question, { signal, onRequest, timeoutMs = 15_000, ...options }: ProofOptions): Promise<ReviewResult> {
  const host = addressOf(question.host);
  if (host.protocol !== "https:") return { kind: "untrusted", reason: "the address is not https: the reviewer's token would travel open" };
  const secrets = [question.token, question.reviewerToken];
  const agent = reviewAgent(host, question, proxyOf(options));
  const url = `${host.href.replace(/\/+$/, "")}/apis/authentication.k8s.io/v1/tokenreviews`;
  const spec = { token: question.token, ...(question.audiences.length > 0 ? { audiences: question.audiences } : {}) };
  const body = JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec });
  onRequest?.("POST", url);
  try {
    const headers = { Authorization: `Bearer ${question.reviewerToken}`, "Content-Type": "application/json" };
    return resultOf(await exchange({ method: "POST", url, headers, body, agent, timeoutMs, signal }), secrets);
  } catch (error) {
    if (error instanceof HttpFailure) return failed(error);
    throw error;
  } finally {
    agent.destroy();
  }
}

/** From here an API server is reached as the rest of the run reaches it. */
const proxyOf =
  ({ env, apiServer }: Pick<ProofOptions, "env" | "apiServer">) =>
  (address: string): URL | undefined =>
    apiServer !== undefined && addressOf(address).host === addressOf(apiServer.server).host ? apiServer.proxy : proxyFor(address, env);

const addressOf = (host: string): URL => new URL(host.includes("://") ? host : `https://${host}`);

/**
 * TLS as Vault's plugin does it (Go): at least 1.2, any certificate of `ca` is an anchor, and the host has to stand among the
 * alternative names. https://github.com/hashicorp/vault-plugin-auth-kubernetes, backend.go
 */
function reviewAgent(host: URL, { ca, connectTo }: Question, proxyTo: (address: string) => URL | undefined): https.Agent {
  const name = host.hostname.replace(/^\[|\]$/g, "");
  const dial = addressOf(connectTo ?? host.href);
  const agent = new https.Agent({
    ...checked,
    keepAlive: false,
    ca,
    minVersion: "TLSv1.2",
    allowPartialTrustChain: true,
    servername: net.isIP(name) === 0 ? name : "",
    checkServerIdentity: (_, certificate) => checkIdentity(name, certificate),
  });
  const proxy = proxyTo(connectTo ?? host.href);
  if (proxy !== undefined) goThrough(agent, proxy);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) =>
    connect({ ...options, host: dial.hostname.replace(/^\[|\]$/g, ""), port: dial.port === "" ? 443 : Number(dial.port) }, callback);
  return agent;
}

function resultOf(answer: HttpAnswer, secrets: readonly string[]): ReviewResult {
  const body = answer.json as
    | { message?: string; status?: { authenticated?: boolean; error?: string; user?: { username?: string } } }
    | null
    | undefined;
  const words = clean(body?.message ?? answer.body, secrets);
  if (answer.status === 401) return { kind: "token-unknown", reason: `the API server does not know the reviewer's token (401 ${words})` };
  if (answer.status === 403) return { kind: "reviewer-refused", reason: words };
  if (answer.status !== 201 && answer.status !== 200)
    return { kind: "unreachable", reason: `it answered ${answer.status}, so it is no API server: ${words}` };
  if (typeof body?.status !== "object") return { kind: "unreachable", reason: "what answers is no API server" };
  if (body.status.authenticated === true) return { kind: "authenticated", username: clean(body.status.user?.username ?? "") };
  return { kind: "not-authenticated", reason: clean(body.status.error ?? "the token was not accepted", secrets) };
}

function failed(error: HttpFailure): ReviewResult {
  return { kind: error.reason === "untrusted" ? "untrusted" : "unreachable", reason: error.message };
}
