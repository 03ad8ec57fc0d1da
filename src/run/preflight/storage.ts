import { storageClasses, type StorageClass } from "../../doctor/facts/cluster.ts";
import { at, list } from "../../core/values.ts";
import { ifSeen } from "../../systems/allowed.ts";
import type { KubeReader } from "../../systems/world.ts";
import type { ClaimNeed } from "../../systems/need.ts";
import { quantity } from "./quantity.ts";
import type { Shortage } from "./room.ts";

/** Whether volumes will be made. https://kubernetes.io/docs/concepts/storage/storage-classes/ */
export async function storageShortages(kube: KubeReader, claims: readonly ClaimNeed[]): Promise<Shortage[]> {
  if (claims.length === 0) return [];
  const classes = await storageClasses(kube);
  return (await Promise.all(claims.map((claim) => shortage(kube, classes, claim)))).flat();
}

async function shortage(kube: KubeReader, classes: readonly StorageClass[], claim: ClaimNeed): Promise<Shortage[]> {
  const names = classes.map(({ name }) => name).join(", ") || "none";
  const found =
    claim.storageClass === undefined ? classes.find(({ standard }) => standard) : classes.find(({ name }) => name === claim.storageClass);
  if (found?.provisioner === byHand) return volumesMade(kube, found, claim);
  if (found !== undefined) return [...(await withoutDriver(kube, found)), ...(await capacity(kube, found, claim))];
  const fix = "Name one that makes volumes with --storage-class.";
  return claim.storageClass === undefined
    ? [{ what: `No StorageClass is the default (there are: ${names}), so Vault's volumes would stay pending`, fix }]
    : [{ what: `There is no StorageClass ${claim.storageClass} (there are: ${names})`, fix }];
}

/** What plugins of Kubernetes itself became, which it holds no more: https://kubernetes.io/docs/concepts/storage/volumes/ */
const moved: Readonly<Record<string, string>> = {
  "kubernetes.io/aws-ebs": "ebs.csi.aws.com",
  "kubernetes.io/azure-disk": "disk.csi.azure.com",
  "kubernetes.io/azure-file": "file.csi.azure.com",
  "kubernetes.io/cinder": "cinder.csi.openstack.org",
  "kubernetes.io/gce-pd": "pd.csi.storage.gke.io",
  "kubernetes.io/vsphere-volume": "csi.vsphere.vmware.com",
};

/** A class may name a driver that is not there. Provisioners that are no CSI drivers, such as rancher.io/local-path, register nothing. */
async function withoutDriver(kube: KubeReader, { name, provisioner }: StorageClass): Promise<Shortage[]> {
  const driver = moved[provisioner] ?? provisioner;
  if (!/(^|\.)csi\./.test(driver)) return [];
  const seen = async (kind: string) =>
    ifSeen(
      () => kube.list({ apiVersion: "storage.k8s.io/v1", kind }),
      () => undefined,
    );
  const drivers = await seen("CSIDriver");
  if (drivers === undefined || drivers.some(({ metadata }) => metadata.name === driver)) return [];
  const nodes = await seen("CSINode");
  if (nodes === undefined || nodes.some((node) => list(at(node["spec"], "drivers")).some((one) => at(one, "name") === driver))) return [];
  return [
    {
      what: `StorageClass ${name} has volumes made by the driver ${driver}, which is not installed in the cluster: claims would stay pending`,
      fix: `Install the driver (on managed clusters an add-on), or name another class with --storage-class.`,
    },
  ];
}

/** The provisioner of classes whose volumes are made by hand. */
const byHand = "kubernetes.io/no-provisioner";

async function volumesMade(kube: KubeReader, { name }: StorageClass, { count, size }: ClaimNeed): Promise<Shortage[]> {
  // They are hints: who may not read them goes on without.
  const all = await ifSeen(
    () => kube.list({ apiVersion: "v1", kind: "PersistentVolume" }),
    () => undefined,
  );
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
async function capacity(kube: KubeReader, { name }: StorageClass, { size }: ClaimNeed): Promise<Shortage[]> {
  const all = await ifSeen(
    () => kube.list({ apiVersion: "storage.k8s.io/v1", kind: "CSIStorageCapacity" }),
    () => [],
  );
  const given = all
    .filter((one) => one["storageClassName"] === name)
    .map((one) => quantity(String(one["maximumVolumeSize"] ?? one["capacity"] ?? "0")));
  if (given.length === 0 || given.some((room) => room >= quantity(size))) return [];
  return [
    {
      what: `The driver of StorageClass ${name} says that it has no room for a volume of ${size}`,
      fix: "Ask for smaller ones with --storage-size, or name another class with --storage-class.",
    },
  ];
}
