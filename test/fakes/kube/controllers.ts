import { asObject, at, type JsonObject } from "../wire/json.ts";
import type { Cluster } from "./cluster.ts";
import { annotationOf, nameOf, namespaceOf } from "./objects.ts";
import { make } from "./making.ts";
import { removeClaims } from "./claims.ts";
import { deployments } from "./deployments.ts";
import { collect } from "./garbage.ts";
import { finishOrphans } from "./orphans.ts";
import { services } from "./services.ts";
import { statefulSets } from "./stateful-sets.ts";
export { make } from "./making.ts";
import { uidOf } from "./service-account-tokens.ts";

/** What the controllers of a cluster do; here it is done before the next request is answered, so that nobody waits. */
export function settle(cluster: Cluster): void {
  removeClaims(cluster.objects);
  for (const control of [namespaces, tokenSecrets, statefulSets, deployments, services, definitions]) control(cluster);
  finishOrphans(cluster.objects);
  collect(cluster.objects);
}

function namespaces({ objects, authority }: Cluster): void {
  for (const namespace of objects.list("namespaces").map(nameOf)) {
    if (objects.get("serviceaccounts", namespace, "default") === undefined)
      make(objects, "serviceaccounts", { metadata: { name: "default", namespace } });
    if (objects.get("configmaps", namespace, "kube-root-ca.crt") === undefined)
      make(objects, "configmaps", { metadata: { name: "kube-root-ca.crt", namespace }, data: { "ca.crt": authority.ca } });
  }
}

/** Fills Secrets that ask for a service account's token, and deletes those whose account is not there. */
function tokenSecrets({ objects, tokens, authority }: Cluster): void {
  for (const secret of objects.list("secrets").filter((found) => found["type"] === "kubernetes.io/service-account-token")) {
    const [namespace, name] = [namespaceOf(secret) ?? "", nameOf(secret)];
    const account = objects.get("serviceaccounts", namespace, annotationOf(secret, "kubernetes.io/service-account.name"));
    if (account === undefined) objects.remove("secrets", namespace, name);
    else if (at(secret, "data", "token") === undefined)
      objects.put("secrets", filled(secret, tokens.ofSecret(account, name), authority.ca, uidOf(account)));
  }
}

function filled(secret: JsonObject, token: string, ca: string, uid: string): JsonObject {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const metadata = asObject(secret["metadata"]);
  const annotations = { ...asObject(metadata["annotations"]), "kubernetes.io/service-account.uid": uid };
  return {
    ...secret,
    metadata: { ...metadata, annotations },
    data: { ...asObject(secret["data"]), token: base64(token), "ca.crt": base64(ca), namespace: base64(namespaceOf(secret) ?? "") },
  };
}

function definitions({ objects }: Cluster): void {
  const resource = "customresourcedefinitions.apiextensions.k8s.io";
  for (const definition of objects.list(resource).filter((found) => found["status"] === undefined)) {
    objects.put(resource, {
      ...definition,
      status: {
        conditions: [
          { type: "NamesAccepted", status: "True" },
          { type: "Established", status: "True" },
        ],
      },
    });
  }
}
