import type { RemovalPolicy } from "../systems/removal.ts";
import type { Readers } from "../systems/world.ts";
import type { ConsumerObjects } from "./consumer-objects.ts";
import { externalSecrets, nameOf } from "./external-secrets.ts";
import { versionThere } from "./facts/served.ts";

/**
 * Why an operator has to stay: others have ExternalSecrets or stores of its kinds. Without its definitions Kubernetes would delete those,
 * and the Secrets with them.
 */
export async function operatorNeeded(read: Readers, objects: ConsumerObjects, policy: RemovalPolicy): Promise<string | undefined> {
  const apiVersion = await versionThere(read, objects);
  if (apiVersion === undefined) return undefined;
  const [secrets, ...stores] = await Promise.all([
    externalSecrets(read, objects),
    // Those of namespaces first.
    ...(objects.stores?.kinds ?? []).toReversed().map((kind) => read.kube.list({ apiVersion, kind })),
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
