import type { X509Certificate } from "node:crypto";
import type { Spec } from "../../config/spec.ts";
import type { Refusal } from "../../core/resource.ts";
import type { Readers } from "../../systems/world.ts";
import { whoElseLogsIn } from "../users.ts";
import { lacking } from "./certificate.ts";
import { heldNames } from "./names.ts";

/**
 * Names that others may use and that another certificate is not for: it may be of somebody else, who knows nothing of them. Undefined where
 * none goes, where nobody else logs in, or with consent. Who cannot be asked counts as somebody.
 */
export async function losesNames(
  read: Readers,
  { vault, wiring }: Spec,
  served: readonly string[],
  wanted: X509Certificate,
): Promise<Refusal | undefined> {
  const lost = lacking(wanted, await heldNames(read, served, vault.install));
  if (lost.length === 0) return undefined;
  const others = await whoElseLogsIn(read, wiring.authMount);
  if (others === undefined) return undefined;
  return {
    reason: `Vault's certificate would no longer be for ${lost.join(", ")}, and ${others}`,
    question: "Serve it all the same?",
    fix: "Have a certificate made that is for these names too. Where the others reach Vault by another name already, or may lose it, --force-address serves it.",
  };
}
