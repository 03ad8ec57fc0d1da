import { CliError } from "../../core/errors.ts";
import { kinds, notYet } from "../../errors.ts";
import type { Readers } from "../../systems/world.ts";
import type { Sure } from "../../kubernetes/object.ts";
import { crdFor } from "../operator-ready.ts";

/**
 * The API version of External Secrets objects: v1 where it is served, else v1beta1 (releases before 0.16).
 * Someone who may not read CustomResourceDefinitions gets v1, and so does who asks for what will be. Throws NotYet when the operator
 * is not there.
 */
export async function esoApiVersion(read: Readers, sure: Sure = "now"): Promise<string> {
  const crd = await read.kube.get(crdFor("eso")).catch((error: unknown) => {
    if (error instanceof CliError && error.kind === kinds.kubeForbidden) return "unknown" as const;
    throw error;
  });
  if (crd === "unknown" || (crd === undefined && sure === "later")) return "external-secrets.io/v1";
  if (crd === undefined)
    throw notYet(kinds.notServed, {
      what: "External Secrets Operator is not in this cluster",
      fix: "vault-k8s external-secrets installs it.",
    });
  const spec = crd["spec"] as { readonly versions?: readonly { readonly name: string; readonly served: boolean }[] } | undefined;
  const served = (spec?.versions ?? []).filter((version) => version.served).map((version) => version.name);
  return `external-secrets.io/${served.includes("v1") ? "v1" : "v1beta1"}`;
}
