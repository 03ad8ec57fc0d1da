import { isRecord } from "../core/compare.ts";

/** What a token says of itself; nothing is checked. Undefined for what is no JWT. */
export function jwtClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return isRecord(body) ? body : undefined;
  } catch {
    return undefined;
  }
}
