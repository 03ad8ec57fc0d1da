import { isRecord, type Plain } from "../../core/compare.ts";
import type { HttpAnswer } from "../http/http.ts";
import type { RootGeneration, RootGenerationStatus, WayToRoot } from "../world.ts";
import { garbage, isVaults, wordsOf } from "./refusal.ts";
import type { Question, Session } from "./session.ts";

/**
 * Vault's paths and OpenBao's since 2.6: https://developer.hashicorp.com/vault/api-docs/system/generate-root,
 * https://openbao.org/api-docs/system/generate-root-token
 */
const paths = ["sys/generate-root", "sys/generate-root-token"] as const;

/** Looks where root can be generated with a token, or without one. Throws what asking Vault throws. */
export async function wayToRoot(session: Session, token: string | undefined): Promise<WayToRoot> {
  const refused: HttpAnswer[] = [];
  for (const path of paths) {
    const question = { method: "GET", path: `${path}/attempt`, token } as const;
    const answer = await session.send(question);
    if (statusIn(answer) !== undefined) return { kind: "open", generation: generationAt(session, path, token) };
    if (!isVaults(answer) || answer.status >= 500) await session.good(question, answer);
    refused.push(answer);
  }
  // 404, 405: the server does not have that path.
  const denied = refused.find(({ status }) => status === 403);
  const reason = wordsOf(denied ?? refused[0]!, token === undefined ? [] : [token]);
  return { kind: denied === undefined ? "absent" : "denied", reason };
}

function generationAt(session: Session, path: string, token: string | undefined): RootGeneration {
  const ask = async (method: Question["method"], name: "attempt" | "update", body?: Plain): Promise<HttpAnswer> => {
    const question = { method, path: `${path}/${name}`, token, body };
    const answer = await session.send(question);
    await session.good(question, answer);
    return answer;
  };
  const asked = async (method: "GET" | "POST", name: "attempt" | "update", body?: Plain) => {
    const answer = await ask(method, name, body);
    const status = statusIn(answer);
    if (status === undefined) throw garbage(session.act({ method, path: `${path}/${name}`, token, body }), answer);
    return { status, fields: fieldsIn(answer) };
  };
  return {
    path,
    status: async () => (await asked("GET", "attempt")).status,
    start: async () => {
      const { status, fields } = await asked("POST", "attempt", {});
      return { ...status, otp: text(fields["otp"]) ?? "" };
    },
    give: async (key, nonce) => {
      const { status, fields } = await asked("POST", "update", { key, nonce });
      return { ...status, encodedToken: text(fields["encoded_token"]) ?? text(fields["encoded_root_token"]) };
    },
    cancel: async () => void (await ask("DELETE", "attempt")),
  };
}

/** Undefined for what is no answer about a root generation. */
function statusIn(answer: HttpAnswer): RootGenerationStatus | undefined {
  const { started, nonce = "", progress = 0, required } = fieldsIn(answer);
  const fits = answer.status === 200 && typeof started === "boolean" && isNonce(nonce) && count(progress) && count(required);
  return fits ? { started, nonce, progress, required } : undefined;
}

/** Vault's stand at the top, OpenBao's in `data`. */
function fieldsIn({ json }: HttpAnswer): Readonly<Record<string, unknown>> {
  if (!isRecord(json)) return {};
  return isRecord(json["data"]) ? { ...json, ...json["data"] } : json;
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
/** It goes into command lines that people type. */
const isNonce = (value: unknown): value is string => typeof value === "string" && /^[\w-]{0,64}$/.test(value);
const count = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255;
