import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";

/** Makes the folder below which the kubelet puts its pods, in every hierarchy that the machine has. */
export function makeCgroups(id: string): void {
  if (existsSync(join(ROOT, "cgroup.controllers"))) return makeUnified(id);
  for (const hierarchy of hierarchies()) mkdirSync(join(ROOT, hierarchy, id), { recursive: true });
  // A new cpuset is empty, and a process cannot enter an empty one.
  for (const file of ["cpuset.cpus", "cpuset.mems"]) copyCpuset(id, file);
}

/** Removes a cluster's cgroup folders; false while the kernel still holds one. */
export function removeCgroups(id: string): boolean {
  const roots = existsSync(join(ROOT, "cgroup.controllers"))
    ? [join(ROOT, id)]
    : hierarchies().map((hierarchy) => join(ROOT, hierarchy, id));
  return roots.map(removeTree).every(Boolean);
}

function hierarchies(): string[] {
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function copyCpuset(id: string, file: string): void {
  const from = join(ROOT, "cpuset", file);
  if (existsSync(from)) writeFileSync(join(ROOT, "cpuset", id, file), readFileSync(from));
}

function makeUnified(id: string): void {
  mkdirSync(join(ROOT, id), { recursive: true });
  const controllers = readFileSync(join(ROOT, "cgroup.controllers"), "utf8").trim().split(" ");
  const all = controllers.map((name) => `+${name}`).join(" ");
  for (const folder of [ROOT, join(ROOT, id)]) writeFileSync(join(folder, "cgroup.subtree_control"), all);
}

function removeTree(folder: string): boolean {
  if (!existsSync(folder)) return true;
  const inner = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const entry of inner) removeTree(join(folder, entry.name));
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(folder); // busy: its last process is still on its way out
  }
}
