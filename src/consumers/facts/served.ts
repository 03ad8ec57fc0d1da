import { NotYet } from "../../core/errors.ts";
import { at, list, text } from "../../core/values.ts";
import { kinds, notYet } from "../../errors.ts";
import { ifAllowed } from "../../systems/allowed.ts";
import type { ObjectRef, Readers } from "../../systems/world.ts";
import type { ConsumerObjects } from "../consumer-objects.ts";

type Versioned = Pick<ConsumerObjects, "title" | "group" | "versions">;
type Asking = Pick<Readers, "kube">;

/** The CustomResourceDefinition of ExternalSecrets; both operators call the kind by the same name. */
export const definitionOf = ({ group }: Pick<ConsumerObjects, "group">): ObjectRef => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  name: `externalsecrets.${group}`,
});

/** The version that is wanted, whatever is served. */
export const wantedVersion = ({ group, versions: [wanted] }: Versioned): string => `${group}/${wanted}`;

/** The names of the versions in which the cluster serves ExternalSecrets; undefined where what brings them is not there. Throws VK1105. */
export async function servedVersions({ kube }: Asking, objects: Versioned): Promise<readonly string[] | undefined> {
  const definition = await kube.get(definitionOf(objects));
  if (definition === undefined) return undefined;
  return list(at(definition["spec"], "versions")).flatMap((version) =>
    at(version, "served") === true ? [text(at(version, "name")) ?? ""] : [],
  );
}

/**
 * The API version in which the objects of a kind are read and written here: the first of its versions that is served, the last where none
 * is. Who may not read CustomResourceDefinitions gets what the API server tells everybody. Throws NotYet VK1108 where what brings them is not there.
 */
export async function versionServed(read: Asking, objects: Versioned): Promise<string> {
  return objects.versions.length === 1 ? wantedVersion(objects) : await chosen(read, objects);
}

async function chosen(read: Asking, objects: Versioned): Promise<string> {
  const { title, group, versions } = objects;
  const served = await ifAllowed(
    () => servedVersions(read, objects),
    () => discovered(read, objects),
  );
  if (served !== undefined) return `${group}/${versions.find((version) => served.includes(version)) ?? versions.at(-1)}`;
  throw notYet(kinds.notServed, { what: `${title} is not in this cluster`, fix: "vault-k8s external-secrets installs it." });
}

/** https://kubernetes.io/docs/concepts/overview/kubernetes-api/#api-discovery. What is wanted, where it tells nothing of the group. */
async function discovered({ kube }: Asking, { group, versions }: Versioned): Promise<readonly string[]> {
  const all = await ifAllowed<readonly string[], readonly string[]>(
    () => kube.apis(),
    () => [],
  );
  const found = versions.filter((version) => all.includes(`${group}/${version}`));
  return found.length === 0 ? versions : found;
}

/** The same; undefined where what brings them is not there. */
export async function versionThere(read: Asking, objects: Versioned): Promise<string | undefined> {
  try {
    return await chosen(read, objects);
  } catch (error) {
    if (error instanceof NotYet && error.kind === kinds.notServed) return undefined;
    throw error;
  }
}
