import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { isWrite } from "../../contract/writes.ts";
import type { ClusterName, LabState } from "../api.ts";
import { kubectl } from "./product.ts";

interface KubeAudit {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly requestReceivedTimestamp: string;
}

interface VaultAudit {
  readonly type: string;
  readonly time: string;
  /** Why it was refused. */
  readonly error?: string;
  readonly request: { readonly operation: string; readonly path: string };
  readonly auth?: { readonly policies?: readonly string[] };
}

const method: Readonly<Record<string, string>> = {
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  deletecollection: "DELETE",
};

/** Waits until the audit log has all that was answered until now: an answer comes a moment before its line. */
export async function auditSettled(lab: LabState, cluster: ClusterName): Promise<void> {
  const marker = `marker-${randomUUID()}`;
  await kubectl(lab, cluster, ["get", "namespace", marker, "--ignore-not-found"]);
  const deadline = Date.now() + 30_000;
  while (!(await readFile(lab.auditLog(cluster), "utf8")).includes(marker)) {
    if (Date.now() > deadline) throw new Error(`the audit log of ${cluster} does not get on`);
    await delay(50);
  }
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run */
const isDryRun = (uri: string): boolean => new URLSearchParams(uri.split("?")[1]).get("dryRun") === "All";

/** Writes that the person of the kubeconfig sent to an API server since a moment, as "verb path". */
export async function kubeWritesSince(lab: LabState, cluster: ClusterName, user: string, since: Date): Promise<string[]> {
  const lines = (await readFile(lab.auditLog(cluster), "utf8")).split("\n").filter((line) => line.startsWith("{") && line.endsWith("}"));
  return lines
    .map((line) => JSON.parse(line) as KubeAudit)
    .filter((entry) => entry.user.username === user && new Date(entry.requestReceivedTimestamp) >= since)
    .filter(
      ({ verb, requestURI }) =>
        method[verb] !== undefined && !isDryRun(requestURI) && isWrite(method[verb], requestURI.split("?")[0] ?? ""),
    )
    .map(({ verb, requestURI }) => `${verb} ${requestURI}`);
}

/** Requests to Vault since a moment, from the audit device that writes to the pods' standard output. */
export async function vaultRequestsSince(lab: LabState, context: ClusterName, since: Date): Promise<VaultAudit[]> {
  const pods = ["vault-0", "vault-1", "vault-2"];
  const logs = await Promise.all(
    pods.map((pod) => kubectl(lab, context, ["logs", "-n", "vault", pod, `--since-time=${since.toISOString()}`])),
  );
  return logs
    .flatMap((log) => log.split("\n"))
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as VaultAudit)
    .filter((entry) => entry.type === "request" && new Date(entry.time) >= since);
}

/** Writes that anyone but a login's token sent to Vault since a moment. */
export async function vaultWritesSince(lab: LabState, context: ClusterName, since: Date): Promise<string[]> {
  return (await vaultRequestsSince(lab, context, since))
    .filter(({ request }) => method[request.operation] !== undefined && isWrite(method[request.operation] ?? "", `/v1/${request.path}`))
    .map(({ request }) => `${request.operation} ${request.path}`);
}
