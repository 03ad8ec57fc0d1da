import type { AuditSpec } from "../../config/spec/vault.ts";

/** The description of a device that stands in the server's configuration: it says no cluster, which is not known there. */
export const declaredMark = "declared by vault-k8s in the server's configuration";

export const deviceName = ({ kind }: AuditSpec): string => `vault-k8s-${kind}`;

export const deviceFile = ({ kind, file }: AuditSpec): string => (kind === "stdout" ? "stdout" : file);

/** What such a device is declared with. Documented at OpenBao's docs, "Declarative Audit Devices". */
export const declaredDevice = (audit: AuditSpec): Readonly<Record<"name" | "file" | "description", string>> => ({
  name: deviceName(audit),
  file: deviceFile(audit),
  description: declaredMark,
});
