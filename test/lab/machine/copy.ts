import { existsSync } from "node:fs";
import { copyFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/** Copies files and folders into a folder, with owners, modes and holes; where the disk can share blocks, they are shared. */
export async function copyTree(from: readonly string[], into: string): Promise<void> {
  if (from.length > 0) await execa("cp", ["--archive", "--sparse=always", "--reflink=auto", ...from, into]);
}

/**
 * The same for containerd's folder, which holds images of a gigabyte: files are shared, but for its databases. Nothing else there is written
 * a second time, except the files of containers, and those of a saved state never run again: the kubelet makes new ones.
 */
export async function linkTree(folder: string, into: string): Promise<void> {
  if (!existsSync(folder)) return;
  await execa("cp", ["--archive", "--link", folder, into]);
  const copy = join(into, "containerd");
  for (const file of await databases(folder)) {
    await rm(join(copy, file));
    await copyFile(join(folder, file), join(copy, file));
  }
}

/** A database stands in a plugin's own folder, never among the files of an image. */
async function databases(folder: string): Promise<string[]> {
  const plugins = await readdir(folder);
  const files = await Promise.all(plugins.map(async (plugin) => (await readdir(join(folder, plugin))).map((file) => join(plugin, file))));
  return files.flat().filter((file) => file.endsWith(".db"));
}
