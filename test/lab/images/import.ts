import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { execa } from "execa";
import { componentFolder } from "../build/index.ts";
import { onNode } from "../cluster/enter.ts";
import { endOf } from "../cluster/start.ts";
import { isAlive } from "../machine/process.ts";
import { waitFor } from "../machine/wait.ts";
import { clusterFolder } from "../state/paths.ts";
import type { LabPaths } from "../state/paths.ts";
import type { ClusterRecord } from "../state/record.ts";
import type { Recipe } from "./catalog.ts";
import { ociArchive } from "./oci.ts";

/** Waits until a cluster takes images, which is long before it is ready. */
export async function containerdUp({ cluster, init }: ClusterRecord): Promise<void> {
  const socket = `/proc/${init.pid}/root/run/containerd/containerd.sock`;
  await waitFor(`containerd of ${cluster}`, 60, () => existsSync(socket) || !isAlive(init));
}

/** Puts an image into those clusters that do not hold it as it is now; true where there was something to do. */
export async function importImage(paths: LabPaths, recipe: Recipe, clusters: readonly ClusterRecord[]): Promise<boolean> {
  const fingerprint = fingerprintOf(recipe);
  const without = clusters.filter(({ cluster }) => held(paths, cluster)[recipe.name] !== fingerprint);
  if (without.length === 0) return false;
  const archive = ociArchive(recipe.make());
  const imports = without.map(async (cluster) => {
    // An import that breaks off because the cluster ended is not the news.
    await importArchive(cluster, archive).catch((error: unknown) => {
      throw endOf(paths, cluster) ?? error;
    });
  });
  await Promise.all(imports);
  for (const { cluster } of without) remember(paths, cluster, recipe.name, fingerprint);
  return true;
}

/** The names of the images that a cluster holds. */
export function heldImages(paths: LabPaths, cluster: ClusterRecord["cluster"]): string[] {
  return Object.keys(held(paths, cluster));
}

async function importArchive(cluster: ClusterRecord, archive: Buffer[]): Promise<void> {
  const ctr = ["/usr/bin/ctr", "--namespace", "k8s.io", "images", "import", "-"];
  await execa("nsenter", [...onNode(cluster), ...ctr], { input: Readable.from(archive) });
}

/** Changes with the component that is in the image, and with the code that puts it there. */
function fingerprintOf({ name, component }: Recipe): string {
  const hash = createHash("sha256")
    .update(name)
    .update(component === undefined ? "" : componentFolder(component));
  const sources = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".ts"));
  for (const file of sources) hash.update(readFileSync(join(import.meta.dirname, file)));
  return hash.digest("hex").slice(0, 12);
}

type Held = Record<string, string>;

function held(paths: LabPaths, cluster: ClusterRecord["cluster"]): Held {
  try {
    return JSON.parse(readFileSync(heldFile(paths, cluster), "utf8")) as Held;
  } catch {
    return {}; // none yet
  }
}

function remember(paths: LabPaths, cluster: ClusterRecord["cluster"], name: string, fingerprint: string): void {
  const now: Held = { ...held(paths, cluster), [name]: fingerprint };
  writeFileSync(heldFile(paths, cluster), JSON.stringify(now, null, 2));
}

function heldFile(paths: LabPaths, cluster: ClusterRecord["cluster"]): string {
  return join(clusterFolder(paths, cluster), "images.json");
}
