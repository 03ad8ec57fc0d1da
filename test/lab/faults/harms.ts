import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Person } from "./command.ts";
import { harmInit, type Harm } from "./init.ts";
import { inFile, Store, type Keeping, type StoreHarm } from "./keeping.ts";
import { orWrong, type Row, type Vaults } from "./points.ts";

const nothing = () => () => undefined;
const inTheFile = { keeps: inFile, fault: { at: 0 } } as const;

/** What goes wrong with the disk and the network, and how the run ends that meets it. */
const world: readonly (Harm<Keeping> & { readonly ends: string })[] = [
  { ...inTheFile, title: "the disk is full before", begin: (person) => smallDisk(person, true), end: largeDisk, ends: "exit 1 VK1502" },
  {
    ...inTheFile,
    title: "the disk fills up while Vault is asked",
    fault: { at: 0, deed: "fill" },
    begin: (person) => smallDisk(person, false),
    end: largeDisk,
    ends: "exit 0",
  },
  {
    ...inTheFile,
    title: "the network goes in the middle of the answer",
    fault: { at: 0, deed: "cut" },
    begin: nothing,
    ends: "exit 1 VK1503",
  },
];

/** The same for the commands that keep the keys: at the probe nothing is asked of Vault, after its answer the keys are safe. */
const commands: readonly (readonly [title: string, harm: StoreHarm, calls: string, ends: string])[] = [
  ["the keys command fails at the probe", "fail", "keep probe.json", "exit 1 VK1502"],
  ["the keys command hangs at the probe", "hang", "keep probe.json", "exit 1 VK1502"],
  ["the keys command keeps something else at the probe, and exits 0", "garble", "keep probe.json", "exit 1 VK1502"],
  ["the read command fails at the probe", "fail", "give probe.json", "exit 1 VK1502"],
  ["the keys command fails after Vault's answer", "fail", "keep init.json", "exit 1 VK1512"],
  ["the keys command hangs after Vault's answer", "hang", "keep init.json", "exit 1 VK1512"],
  ["the keys command keeps nothing after Vault's answer, and exits 0", "lose", "keep init.json", "exit 1 VK1512"],
  ["the keys command keeps something else after Vault's answer, and exits 0", "garble", "keep init.json", "exit 1 VK1512"],
  ["the read command fails after Vault's answer", "fail", "give init.json", "exit 1 VK1512"],
  ["the read command hangs after Vault's answer", "hang", "give init.json", "exit 1 VK1512"],
];

/** How each run has to end that meets something of it, in the order of `harms`. */
export const ends: readonly string[] = [...world.map((harm) => harm.ends), ...commands.map(([, , , end]) => end)];

/** `operator init`, not killed, while each of these goes wrong. */
export const harms = (vaults: Vaults): Promise<Row[]> =>
  Promise.all([
    ...world.map((harm) => orWrong({ at: 0, point: harm.title }, harmInit(vaults, harm))),
    ...commands.map(([title, harm, calls]) => orWrong({ at: 0, point: title }, harmInit(vaults, inStore(title, harm, calls)))),
  ]);

const inStore = (title: string, harm: StoreHarm, calls: string): Harm<Store> => ({
  title,
  keeps: (person) => new Store(person),
  fault: { at: 0 },
  begin: (_, store) => store.harm(harm, calls),
  // What is kept there is never overwritten, also what is wrong.
  ...(harm === "garble" && { help: (store: Store) => store.forget() }),
});

/** A disk of 128 KiB for the person's data; with room again, when it was full before, at the next run. */
function smallDisk({ data }: Person, full: boolean): () => void {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=128k,nr_inodes=64", "vault-k8s-faults", data]);
  const file = join(data, "full");
  if (full) fill(file);
  return () => rmSync(file, { force: true });
}

function largeDisk({ data }: Person): void {
  execFileSync("umount", ["--lazy", data]);
}

function fill(file: string): void {
  const handle = openSync(file, "w");
  try {
    for (;;) writeSync(handle, Buffer.alloc(4096));
  } catch {
    closeSync(handle);
  }
}
