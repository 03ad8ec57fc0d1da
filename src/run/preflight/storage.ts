import { CliError } from "../../core/errors.ts";
import { kinds } from "../../errors.ts";
import type { KubeObject, KubeReader } from "../../systems/world.ts";
import type { ClaimNeed } from "../../systems/need.ts";
import { quantity } from "./quantity.ts";
import type { Shortage } from "./room.ts";

/** Whether volumes will be made. https://kubernetes.io/docs/concepts/storage/storage-classes/ */
export async function storageShortages(kube: KubeReader, claims: readonly ClaimNeed[]): Promise<Shortage[]> {
  if (claims.length === 0) return [];
  const classes = await kube.list({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass" });
  return (await Promise.all(claims.map((claim) => shortage(kube, classes, claim)))).flat();
}

async function shortage(kube: KubeReader, classes: readonly KubeObject[], claim: ClaimNeed): Promise<Shortage[]> {
  const names = classes.map(({ metadata }) => metadata.name).join(", ") || "none";
  const found =
    claim.storageClass === undefined ? classes.find(isDefault) : classes.find(({ metadata }) => metadata.name === claim.storageClass);
  if (found !== undefined) return found["provisioner"] === byHand ? volumesMade(kube, found, claim) : capacity(kube, found, claim);
  const fix = "Name one that makes volumes with --storage-class.";
  return claim.storageClass === undefined
    ? [{ what: `No StorageClass is the default (there are: ${names}), so Vault's volumes would stay pending`, fix }]
    : [{ what: `There is no StorageClass ${claim.storageClass} (there are: ${names})`, fix }];
}

/** Whether it is the one for claims that name none. */
const isDefault = ({ metadata: { annotations = {} } }: KubeObject): boolean =>
  annotations["storageclass.kubernetes.io/is-default-class"] === "true" ||
  annotations["storageclass.beta.kubernetes.io/is-default-class"] === "true";

/** The provisioner of classes whose volumes are made by hand. */
const byHand = "kubernetes.io/no-provisioner";

async function volumesMade(kube: KubeReader, { metadata: { name } }: KubeObject, { count, size }: ClaimNeed): Promise<Shortage[]> {
  const all = await ifAllowed(() => kube.list({ apiVersion: "v1", kind: "PersistentVolume" }));
  if (all === undefined) return [];
  const free = all.filter((volume) => {
    const { storageClassName, capacity: has } = (volume["spec"] ?? {}) as { storageClassName?: string; capacity?: { storage?: string } };
    const { phase } = (volume["status"] ?? {}) as { phase?: string };
    return storageClassName === name && phase === "Available" && quantity(has?.storage ?? "0") >= quantity(size);
  });
  return free.length >= count
    ? []
    : [
        {
          what: `StorageClass ${name} makes no volumes by itself, and ${free.length} free ones have ${size}, of ${count} that are needed`,
          fix: "Make volumes, ask for smaller ones with --storage-size, or name another class with --storage-class.",
        },
      ];
}

/** What the driver tells of its room, where it does: https://kubernetes.io/docs/concepts/storage/storage-capacity/ */
async function capacity(kube: KubeReader, { metadata: { name } }: KubeObject, { size }: ClaimNeed): Promise<Shortage[]> {
  const all = (await ifAllowed(() => kube.list({ apiVersion: "storage.k8s.io/v1", kind: "CSIStorageCapacity" }))) ?? [];
  const told = all
    .filter((one) => one["storageClassName"] === name)
    .map((one) => quantity(String(one["maximumVolumeSize"] ?? one["capacity"] ?? "0")));
  if (told.length === 0 || told.some((room) => room >= quantity(size))) return [];
  return [
    {
      what: `The driver of StorageClass ${name} says that it has no room for a volume of ${size}`,
      fix: "Ask for smaller ones with --storage-size, or name another class with --storage-class.",
    },
  ];
}

/** They are hints: who may not read them goes on without. */
async function ifAllowed<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CliError && (error.kind === kinds.kubeForbidden || error.kind === kinds.notServed)) return undefined;
    throw error;
  }
}
