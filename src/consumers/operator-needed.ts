import type { RemovalPolicy } from "../systems/removal.ts";
import type { Readers } from "../systems/world.ts";
import { externalSecrets, nameOf, secretsVersion } from "./external-secrets.ts";

/**
 * Why an operator has to stay: others have ExternalSecrets or stores of its kinds. Without its definitions Kubernetes would delete those,
 * and the Secrets with them.
 */
export async function operatorNeeded(read: Readers, operator: "eso" | "kes", policy: RemovalPolicy): Promise<string | undefined> {
  const apiVersion = await secretsVersion(read, operator);
  if (apiVersion === undefined) return undefined;
  const storeKinds = operator === "kes" ? [] : ["SecretStore", "ClusterSecretStore"];
  const [secrets, ...stores] = await Promise.all([
    externalSecrets(read, operator),
    ...storeKinds.map((kind) => read.kube.list({ apiVersion, kind })),
  ]);
  const taken = policy.all();
  const names = [
    ...secrets.map((object) => ({ object, name: `ExternalSecret ${nameOf(object)}` })),
    ...stores.flat().map((object) => ({ object, name: `${object.kind} ${object.metadata.name}` })),
  ]
    .filter(({ object }) => !taken.some(({ takes }) => takes?.(object)))
    .map(({ name }) => name);
  if (names.length === 0) return undefined;
  return `others need it: ${names.slice(0, 5).join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
}
