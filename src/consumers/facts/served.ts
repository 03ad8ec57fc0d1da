import { at, list, text } from "../../core/values.ts";
import type { ConsumerSpec } from "../../config/spec/consumer.ts";
import type { ObjectRef, Readers } from "../../systems/world.ts";

const definitions = {
  eso: "externalsecrets.external-secrets.io",
  kes: "externalsecrets.kubernetes-client.io",
} as const;

/** The CustomResourceDefinition of an operator's ExternalSecret; both operators call the kind by the same name. */
export const crdFor = (operator: ConsumerSpec["kind"]): ObjectRef => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  name: definitions[operator],
});

/** The versions in which the cluster serves an operator's ExternalSecrets; undefined where what the operator brings is not there. Throws VK1105. */
export async function servedVersions({ kube }: Readers, operator: ConsumerSpec["kind"]): Promise<readonly string[] | undefined> {
  const crd = await kube.get(crdFor(operator));
  if (crd === undefined) return undefined;
  return list(at(crd["spec"], "versions")).flatMap((version) => (at(version, "served") === true ? [text(at(version, "name")) ?? ""] : []));
}
