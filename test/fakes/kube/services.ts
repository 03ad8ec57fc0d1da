import { asText, at } from "../wire/json.ts";
import type { Cluster } from "./cluster.ts";
import { nameOf, namespaceOf } from "./objects.ts";

/** Gives load balancers their address, and Vault's Services their names. */
export function services({ objects, names, vault, nextAddress }: Cluster): void {
  for (const service of objects
    .list("services")
    .filter((found) => asText(at(found, "spec", "selector", "app.kubernetes.io/name")) === "vault")) {
    const [name, namespace] = [nameOf(service), namespaceOf(service) ?? ""];
    if (vault !== undefined)
      for (const host of [`${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`])
        names.set(host, () => vault.url);
    if (at(service, "spec", "type") !== "LoadBalancer" || at(service, "status", "loadBalancer") !== undefined) continue;
    const ip = nextAddress();
    objects.put("services", { ...service, status: { loadBalancer: { ingress: [{ ip }] } } });
    if (vault !== undefined) names.publish(ip, () => vault.url);
  }
}
