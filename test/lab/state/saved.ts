import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { clusters } from "../cluster/spec.ts";
import { copyTree, linkTree } from "../machine/copy.ts";
import type { LabPaths } from "./paths.ts";

/** What stays of a cluster; its settings and logs are made anew at each start. */
const ofCluster = ["etcd", "volumes", "pki", "kubelet", "pod-logs", "audit.log", "images.json"];

/** What stays of the lab: whom kubectl asks, the folder in which commands are typed, and the custody of keys. */
const ofLab = ["kubeconfig", "work", "data"];

const parent = (paths: LabPaths): string => join(paths.folder, "saved");
const folderOf = (paths: LabPaths, name: string): string => join(parent(paths), name);

/** The names under which states of a lab were saved. */
export function savedNames(paths: LabPaths): string[] {
  return existsSync(parent(paths)) ? readdirSync(parent(paths)).filter((name) => !name.startsWith(".")) : [];
}

/** Keeps a lab's files as they are, while nothing writes to them. One that is there already is replaced. */
export async function keepState(paths: LabPaths, name: string): Promise<void> {
  const unfinished = folderOf(paths, `.${name}`);
  rmSync(unfinished, { recursive: true, force: true });
  await copyState(paths.folder, unfinished);
  rmSync(folderOf(paths, name), { recursive: true, force: true });
  renameSync(unfinished, folderOf(paths, name));
}

/** Puts the files of a saved state, of this or another lab, in the place of those that are there; nothing may run. */
export async function putBack(paths: LabPaths, name: string, of: LabPaths): Promise<void> {
  mkdirSync(paths.folder, { recursive: true });
  removeAllButSaved(paths);
  await copyState(folderOf(of, name), paths.folder);
}

/** Removes what is there of a lab that does not run. */
export function removeAllButSaved({ folder }: LabPaths): void {
  for (const entry of readdirSync(folder).filter((each) => each !== "saved")) rmSync(join(folder, entry), { recursive: true, force: true });
}

async function copyState(from: string, to: string): Promise<void> {
  const parts = clusters.map(({ name }) => copyCluster(join(from, name), join(to, name)));
  mkdirSync(to, { recursive: true });
  await Promise.all([...parts, copyTree(existing(from, ofLab), to)]);
}

async function copyCluster(from: string, to: string): Promise<void> {
  mkdirSync(to, { recursive: true });
  await Promise.all([copyTree(existing(from, ofCluster), to), linkTree(join(from, "containerd"), to)]);
}

const existing = (folder: string, names: readonly string[]): string[] =>
  names.map((name) => join(folder, name)).filter((file) => existsSync(file));
