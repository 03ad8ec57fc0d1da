import { randomUUID } from "node:crypto";
import type { Answer } from "../wire/exchange.ts";
import type { Json, JsonObject } from "../wire/json.ts";

/** Vault's envelope around `data`. */
export function logical(data: Json, more: { warnings?: string[]; auth?: Json; repeat?: boolean } = {}): Answer {
  const repeated = more.repeat === true ? (data as JsonObject) : {};
  const envelope = {
    request_id: randomUUID(),
    lease_id: "",
    renewable: false,
    lease_duration: 0,
    data,
    wrap_info: null,
    warnings: more.warnings ?? null,
    auth: more.auth ?? null,
  };
  return { status: 200, json: { ...repeated, ...envelope, mount_type: "" } };
}

/** An answer of the paths that have no envelope. */
export const raw = (json: Json): Answer => ({ status: 200, json });

export const done: Answer = { status: 204 };

/** A write that went well: 204, or 200 where there is something to warn of. */
export const written = (warnings: string[]): Answer => (warnings.length === 0 ? done : logical(null, { warnings }));

export const errors = (status: number, ...messages: string[]): Answer => ({ status, json: { errors: messages } });
export const bad = (message: string): Answer => errors(400, message);
export const absent: Answer = errors(404);
export const vaultIsSealed: Answer = errors(503, "Vault is sealed");

/** A valid token without the right. */
export const denied: Answer = errors(403, "1 error occurred:\n\t* permission denied\n\n");
/** A token that Vault does not know. */
export const unknownToken: Answer = errors(403, "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n");
/** No token at all, and refusals of a login. */
export const refused = (reason = "permission denied"): Answer => errors(403, reason);
