import type { Readers } from "../systems/world.ts";

/** The CA that every namespace has, which is the one of the token Secrets. Documented at Kubernetes docs, "kube-root-ca.crt". */
export async function clusterCa({ kube }: Pick<Readers, "kube">): Promise<string> {
  const found = await kube.get({ apiVersion: "v1", kind: "ConfigMap", namespace: "kube-system", name: "kube-root-ca.crt" });
  return (found?.["data"] as Readonly<Record<string, string>> | undefined)?.["ca.crt"] ?? "";
}
