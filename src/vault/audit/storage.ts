import type { Plain } from "../../core/compare.ts";
import type { HelmRelease } from "../../systems/world.ts";
import type { VaultSpec } from "../../config/spec/vault.ts";
import { chartOf } from "../charts.ts";
import { valueAt } from "../../kubernetes/helm/inputs.ts";

/** Where HashiCorp's chart mounts the volume of `server.auditStorage`. */
const mountPath = "/vault/audit/";
/** Tells our value from one of a values file. */
const ours = "vault-k8s.io/audit";

/**
 * A volume for the audit file in each pod, for a new release. Kubernetes cannot give a StatefulSet another volume later, nor take one
 * away, so a release keeps what it was made with. A part of the chart's values for `server`.
 */
export function auditStorage(
  { audit, install: { chart } }: Pick<VaultSpec, "audit" | "install">,
  found: HelmRelease | undefined,
): Readonly<Record<string, Plain>> {
  const wanted = found === undefined ? audit?.kind === "file" && audit.file.startsWith(mountPath) : has(found);
  return wanted ? { auditStorage: { enabled: true, ...chartOf(chart).auditStorage, annotations: { [ours]: "file" } } } : {};
}

const has = (found: HelmRelease): boolean => valueAt(found, "server", "auditStorage", "annotations", ours) !== undefined;
