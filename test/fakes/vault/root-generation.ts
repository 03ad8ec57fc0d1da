import { randomInt, randomUUID } from "node:crypto";
import type { Answer } from "../wire/exchange.ts";
import { asText, type JsonObject } from "../wire/json.ts";
import { bad, done, errors, logical, raw } from "./answers.ts";
import type { RootAttempt } from "./node.ts";
import type { NodeRequest, VaultRequest } from "./request.ts";
import { decoded } from "./share.ts";
import { activeNode } from "./status.ts";
import type { Storage } from "./storage.ts";

/**
 * A root token from a quorum of unseal keys. The attempt stands in the memory of the active node, to which the others pass requests on.
 * Words and order of the checks: hashicorp/vault vault/generate_root.go, openbao/openbao vault/logical_system_generate_root.go.
 */
export function rootGeneration(request: VaultRequest): Answer | undefined {
  const { path } = request.around.profile.rootGeneration;
  if (request.path === `${path}/attempt`) return attempts[request.method]?.(request) ?? errors(405, "unsupported operation");
  return request.path === `${path}/update` && request.method === "POST" ? update(request) : undefined;
}

/** Whether a request needs no token; OpenBao 2.5.3 and newer serve nothing at the paths that did not. */
export function openRootGeneration(request: VaultRequest): Answer | undefined {
  const { path, open } = request.around.profile.rootGeneration;
  if (!request.path.startsWith("sys/generate-root/")) return undefined;
  if (path !== "sys/generate-root") return errors(405, "unsupported operation");
  return open ? rootGeneration(request) : undefined;
}

const attempts: Readonly<Record<string, (request: VaultRequest) => Answer>> = {
  GET: (request) => answer(request, status(request)),
  POST: start,
  DELETE: (request) => (leading(request, undefined), done),
};

/** The attempt of the active node; with a second argument it becomes another one. */
function leading(request: NodeRequest, ...change: [RootAttempt | undefined] | []): RootAttempt | undefined {
  const active = activeNode(request);
  if (active !== undefined && change.length > 0) active.rootAttempt = change[0];
  return active?.rootAttempt;
}

const answer = ({ around }: NodeRequest, data: JsonObject): Answer => (around.profile.rootGeneration.enveloped ? logical(data) : raw(data));

function status(request: VaultRequest, otp = ""): JsonObject {
  const attempt = leading(request);
  return {
    started: attempt !== undefined,
    nonce: attempt?.nonce ?? "",
    progress: attempt?.shares.length ?? 0,
    required: request.storage.threshold,
    complete: false,
    encoded_token: "",
    pgp_fingerprint: "",
    otp,
    otp_length: otpLength(request),
  };
}

const otpLength = ({ around }: NodeRequest): number => around.profile.tokenPrefix.length + 24;

function start(request: VaultRequest): Answer {
  if (leading(request) !== undefined) return bad("root generation already in progress");
  const given = asText(request.body["otp"]);
  if (given !== "" && given.length !== otpLength(request)) return bad("OTP string is wrong length");
  const otp = given === "" ? base62(otpLength(request)) : given;
  leading(request, { nonce: randomUUID(), otp, shares: [] });
  return answer(request, status(request, given === "" ? otp : ""));
}

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const base62 = (length: number): string => Array.from({ length }, () => letters[randomInt(letters.length)]).join("");

function update(request: VaultRequest): Answer {
  const key = asText(request.body["key"]);
  if (key === "") return bad("'key' must be specified in request body as JSON");
  const share = decoded(key);
  if (share === undefined) return bad("'key' must be a valid hex or base64 string");
  const attempt = leading(request);
  if (attempt === undefined) return bad("no root generation in progress");
  const nonce = asText(request.body["nonce"]);
  if (nonce !== attempt.nonce)
    return bad(`incorrect nonce supplied; nonce for this root generation operation is ${JSON.stringify(attempt.nonce)}`);
  if (attempt.shares.includes(share)) return bad("given key has already been provided during this generation operation");
  attempt.shares.push(share);
  if (attempt.shares.length < request.storage.threshold) return answer(request, progress(request, attempt, ""));
  return complete(request, attempt);
}

function complete(request: VaultRequest, attempt: RootAttempt): Answer {
  const { storage } = request;
  const right = attempt.shares.every((share) => storage.shares.includes(share));
  const whole = progress(request, attempt, right ? encoded(storage, attempt) : "");
  // Wrong keys are forgotten; the attempt itself goes on.
  leading(request, right ? undefined : { ...attempt, shares: [] });
  return right
    ? answer(request, { ...whole, complete: true })
    : bad("root generation aborted: unable to authenticate: failed to decrypt keyring: cipher: message authentication failed");
}

const progress = ({ storage }: VaultRequest, { nonce, shares }: RootAttempt, encodedToken: string): JsonObject => ({
  started: true,
  nonce,
  progress: shares.length,
  required: storage.threshold,
  complete: false,
  encoded_token: encodedToken,
  pgp_fingerprint: "",
});

/** The new token, each byte XORed with the OTP's, base64 without padding. */
function encoded(storage: Storage, { otp }: RootAttempt): string {
  const { id } = storage.issue({ displayName: "root", policies: ["root"], path: "auth/token/root" });
  const [token, pad] = [Buffer.from(id), Buffer.from(otp)];
  return Buffer.from(token.map((byte, index) => byte ^ (pad[index] ?? 0)))
    .toString("base64")
    .replace(/=+$/, "");
}
