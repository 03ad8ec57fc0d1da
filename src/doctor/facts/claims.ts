import { number, text } from "../../core/values.ts";
import type { Claims } from "../../consumers/diagnosis/evidence.ts";

/** What a service account's token says of itself, of either form (bound, or of a Secret); nothing is checked. */
export function claimsOf(token: string): Claims | undefined {
  const body = parsed(token.split(".")[1] ?? "");
  if (body === undefined) return undefined;
  const own = (body["kubernetes.io"] ?? {}) as { namespace?: string; serviceaccount?: { name?: string; uid?: string } };
  const namespace = own.namespace ?? text(body["kubernetes.io/serviceaccount/namespace"]);
  const name = own.serviceaccount?.name ?? text(body["kubernetes.io/serviceaccount/service-account.name"]);
  return {
    exp: number(body["exp"]),
    nbf: number(body["nbf"]),
    iat: number(body["iat"]),
    uid: own.serviceaccount?.uid ?? text(body["kubernetes.io/serviceaccount/service-account.uid"]),
    account: namespace === undefined || name === undefined ? undefined : { namespace, name },
  };
}

function parsed(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
