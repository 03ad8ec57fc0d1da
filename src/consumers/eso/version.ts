import { kinds, notYet } from "../../errors.ts";
import { ifAllowed } from "../../systems/allowed.ts";
import type { Readers } from "../../systems/world.ts";
import type { Sure } from "../../kubernetes/object.ts";
import { servedVersions } from "../facts/served.ts";

/**
 * The API version of External Secrets objects: v1 where it is served, else v1beta1 (releases before 0.16).
 * Someone who may not read CustomResourceDefinitions gets v1, and so does who asks for what will be. Throws NotYet when the operator
 * is not there.
 */
export async function esoApiVersion(read: Readers, sure: Sure = "now"): Promise<string> {
  const served = await ifAllowed(
    () => servedVersions(read, "eso"),
    () => "unknown" as const,
  );
  if (served === "unknown" || (served === undefined && sure === "later")) return "external-secrets.io/v1";
  if (served === undefined)
    throw notYet(kinds.notServed, {
      what: "External Secrets Operator is not in this cluster",
      fix: "vault-k8s external-secrets installs it.",
    });
  return `external-secrets.io/${served.includes("v1") ? "v1" : "v1beta1"}`;
}
