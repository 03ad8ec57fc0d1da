import { isObject, parsed, type JsonObject } from "../wire/json.ts";

/** The claims of a JWT, unchecked; undefined when it is not one. */
export function claimsIn(jwt: string): JsonObject | undefined {
  const parts = jwt.split(".");
  const claims = parts.length === 3 ? parsed(Buffer.from(parts[1] ?? "", "base64url").toString()) : undefined;
  return isObject(claims) ? claims : undefined;
}
