import type { HttpAnswer } from "../http/http.ts";
import type { VaultAnswer } from "../world.ts";
import { isRecord } from "../../core/compare.ts";
import { exactJson } from "../../core/exact-json.ts";
import { at } from "../../core/values.ts";
import { texts } from "../../core/values.ts";
import { isVaults, wordsOf } from "./refusal.ts";

/** 404, and what sys/mounts/<path> and sys/auth/<path> answer for a mount that is not there. */
export const isAbsent = (answer: HttpAnswer): boolean =>
  isVaults(answer) && (answer.status === 404 || (answer.status === 400 && /^No (auth|secret) engine( mount)? at /.test(wordsOf(answer))));

export const nothing: VaultAnswer = { data: {}, warnings: [] };

/** Takes Vault's envelope off; a few paths of sys/ have none. Vault's API docs, "HTTP API". */
export function unwrapped(answer: HttpAnswer): VaultAnswer {
  const body = (answer.json ?? {}) as Record<string, unknown>;
  const enveloped = "request_id" in body && "data" in body;
  const data = enveloped ? body["data"] : body;
  return { data: isRecord(data) ? (enveloped ? withDigits(data, answer) : data) : {}, warnings: texts(body["warnings"]) };
}

/** The values of a secret, which are somebody's: their numbers keep their text. Documented at Vault's API docs, KV version 2, "Read secret version". */
function withDigits(data: VaultAnswer["data"], { body }: HttpAnswer): VaultAnswer["data"] {
  if (!isRecord(data["data"]) || !isRecord(data["metadata"])) return data;
  return { ...data, data: at(at(exactJson(body), "data"), "data") };
}
