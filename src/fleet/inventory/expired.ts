import { X509Certificate } from "node:crypto";
import { failure, kinds } from "../../errors.ts";
import type { UserEntry } from "../../systems/kube/kubeconfig-shape.ts";

/** When credentials end that say so themselves: the first certificate, or a token that is a JWT (RFC 7519, exp). */
function endOf(user: UserEntry): { readonly what: string; readonly at: Date } | undefined {
  const certificate = user["client-certificate-data"];
  if (certificate !== undefined) return certificateEnd(Buffer.from(certificate, "base64").toString("utf8"));
  return user.token === undefined ? undefined : tokenEnd(user.token);
}

function certificateEnd(pem: string): ReturnType<typeof endOf> {
  try {
    return { what: "client certificate", at: new Date(new X509Certificate(pem).validTo) };
  } catch {
    // The API server judges what this does not read.
    return undefined;
  }
}

function tokenEnd(token: string): ReturnType<typeof endOf> {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as { exp?: unknown };
    return typeof exp === "number" ? { what: "token", at: new Date(exp * 1000) } : undefined;
  } catch {
    return undefined;
  }
}

/** @throws CliError VK1704 for credentials that are over, by this machine's clock */
export function refuseExpired(user: UserEntry, object: string, now = new Date()): void {
  const end = endOf(user);
  if (end === undefined || Number.isNaN(end.at.getTime()) || end.at > now) return;
  throw failure(kinds.heldExpired, {
    what: `The ${end.what} in ${object} has expired`,
    why: `It was valid until ${end.at.toISOString()}.`,
    fix: "Have its source renew it; it is read anew for each run.",
  });
}
