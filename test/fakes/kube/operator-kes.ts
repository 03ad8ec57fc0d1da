import { asList, asObject, asText, at, type Json, type JsonObject } from "../wire/json.ts";
import type { Cluster } from "./cluster.ts";
import { isAtWork } from "./deployments.ts";
import { nameOf, namespaceOf } from "./objects.ts";
import { putSecret } from "./operator-secret.ts";
import { nodeText } from "./operator-text.ts";
import { isGoing } from "./orphans.ts";
import { vaultSession } from "./operator-session.ts";

const resource = "externalsecrets.kubernetes-client.io";

/** What kubernetes-external-secrets does: logs in as its own pod, at the address that its chart was given. */
export async function settleKes(cluster: Cluster): Promise<void> {
  const deployment = cluster.objects
    .list("deployments.apps")
    .find((found) => at(found, "metadata", "labels", "app.kubernetes.io/name") === "kubernetes-external-secrets");
  if (deployment === undefined || !isAtWork(cluster.objects, deployment)) return;
  for (const external of cluster.objects.list(resource)) await settleSecret(cluster, deployment, external);
}

async function settleSecret(cluster: Cluster, deployment: JsonObject, external: JsonObject): Promise<void> {
  const pod = asObject(at(deployment, "spec", "template", "spec"));
  const account = cluster.objects.get("serviceaccounts", namespaceOf(deployment), asText(pod["serviceAccountName"]));
  if (account === undefined) return;
  const env = asList(asObject(asList(pod["containers"])[0])["env"]).map(asObject);
  const server = asText(env.find((variable) => variable["name"] === "VAULT_ADDR")?.["value"]);
  const spec = asObject(external["spec"]);
  const session = await vaultSession(cluster, {
    server,
    mount: asText(spec["vaultMountPoint"]),
    role: asText(spec["vaultRole"]),
    jwt: cluster.tokens.bound(account, [], 3607),
  });
  const values = session === undefined ? "permission denied" : await valuesOf(session.read, spec);
  // Its generation has grown, so it is polled at once, and the Secret is written with its owner: https://github.com/external-secrets/kubernetes-external-secrets/blob/8.5.5/lib/poller.js
  const secret = { name: nameOf(external), text: nodeText, anew: isGoing(external) };
  const written = typeof values !== "string" && putSecret(cluster, external, { ...secret, values });
  const current = cluster.objects.get(resource, namespaceOf(external), nameOf(external));
  if (current === undefined) return;
  cluster.objects.put(resource, {
    ...current,
    status: {
      lastSync: new Date().toISOString(),
      observedGeneration: at(external, "metadata", "generation") ?? 1,
      status: written ? "SUCCESS" : `ERROR, ${typeof values === "string" ? values : "Secret is invalid"}`,
    },
  });
}

async function valuesOf(read: (path: string) => Promise<JsonObject | undefined>, spec: JsonObject): Promise<JsonObject | string> {
  const values: JsonObject = {};
  for (const path of asList(spec["dataFrom"])) {
    const all = await read(asText(path));
    if (all === undefined) return "Status 404";
    Object.assign(values, all);
  }
  for (const item of asList(spec["data"])) {
    const all = await read(asText(at(item, "key")));
    if (all === undefined) return "Status 404";
    values[asText(at(item, "name"))] = valueOf(all, asText(at(item, "property")));
  }
  return values;
}

/** It parses what Vault answers as any Node program does, also where all of it is one value. */
const valueOf = (all: JsonObject, property: string): Json | undefined => (property === "" ? nodeText(all) : all[property]);
