import { chmodSync, mkdirSync, rmSync } from "node:fs";
import type { KubeClient, KubeObject } from "../client.ts";
import { inLab } from "../programs/program.ts";

const VOLUMES = "/api/v1/persistentvolumes";
const CLASS = "standard";
const COUNT = 12;

interface Volume extends KubeObject {
  readonly spec: { readonly hostPath?: { readonly path: string } };
  readonly status?: { readonly phase?: string };
}

const storageClass = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: CLASS, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "kubernetes.io/no-provisioner",
  volumeBindingMode: "WaitForFirstConsumer",
};

/** Makes the default storage class and its volumes, each a folder of the cluster's. */
export async function makeVolumes(kube: KubeClient): Promise<void> {
  const numbers = Array.from({ length: COUNT }, (_, index) => index + 1);
  await kube.ensure("/apis/storage.k8s.io/v1/storageclasses", storageClass);
  await Promise.all(numbers.map((number) => makeVolume(kube, `volume-${number}`)));
}

/** Empties the volumes whose claim was deleted, and offers them again. */
export async function recycleVolumes(kube: KubeClient): Promise<void> {
  const volumes = await kube.list<Volume>(VOLUMES);
  for (const { metadata } of volumes.filter(isReleased)) {
    const path = `${VOLUMES}/${metadata.name}`;
    // The list may be late, and the volume in use again.
    const volume = await kube.get<Volume>(path);
    if (!isReleased(volume) || volume.spec.hostPath === undefined) continue;
    emptyFolder(volume.spec.hostPath.path);
    await kube.merge(path, { spec: { claimRef: null } });
  }
}

function isReleased({ status }: Volume): boolean {
  return status?.phase === "Released";
}

async function makeVolume(kube: KubeClient, name: string): Promise<void> {
  const path = inLab(`volumes/${name}`);
  emptyFolder(path);
  await kube.ensure(VOLUMES, {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name },
    spec: {
      capacity: { storage: "20Gi" },
      accessModes: ["ReadWriteOnce"],
      persistentVolumeReclaimPolicy: "Retain",
      storageClassName: CLASS,
      hostPath: { path, type: "Directory" },
    },
  } as KubeObject);
}

function emptyFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  // No fsGroup is applied to such a volume, and programs in pods are seldom root.
  chmodSync(path, 0o777);
}
