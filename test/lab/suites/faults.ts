import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { command, type Person } from "../faults/command.ts";
import { harmInit, killInit } from "../faults/init.ts";
import { atEachPoint, table, withVault, type Row } from "../faults/points.ts";
import { countUnseal, killUnseal } from "../faults/unseal.ts";
import { theLab } from "../testing/product.ts";

/** Vaults of their own in namespaces of their own: what is in the lab otherwise stays as it is. */
const lab = theLab(process.env["FAULTS_LAB"] ?? "second");

const fine = (rows: readonly Row[]): Row[] => rows.filter(({ kind }) => kind === "wrong");

test("init killed at every boundary: no key is lost, and none is made twice", async () => {
  const { boundaries } = await withVault(lab, 1, ({ vault, person }) => command(lab, vault, person, ["operator", "init"]));
  const rows = await atEachPoint(boundaries.length, (at) => killInit(lab, at));
  console.log(table("vault-k8s operator init, killed at every boundary", rows));
  expect(fine(rows)).toEqual([]);
  expect(rows.length).toBeGreaterThan(40);
  // The named exception: Vault has the request, and its answer does not stand on the disk yet.
  const lost = rows.flatMap((row, index) => (row.kind === "lost" ? [index] : []));
  expect(lost.length).toBeLessThanOrEqual(6);
  expect(
    lost.every((at, index) => index === 0 || at === (lost[index - 1] ?? 0) + 1),
    "they stand side by side",
  ).toBe(true);
});

test("unseal killed at every boundary: the next run unseals and joins every pod", async () => {
  const count = await countUnseal(lab);
  const rows = await atEachPoint(count, (at) => killUnseal(lab, at));
  console.log(table("vault-k8s operator unseal, killed at every boundary (two pods: one sealed, one empty)", rows));
  expect(fine(rows)).toEqual([]);
  expect(rows.length).toBeGreaterThan(15);
});

test("init while something else goes wrong", async () => {
  const nothing = () => () => undefined;
  const rows = [
    await harmInit(lab, "the disk is full before", { at: 0 }, (person) => smallDisk(person, true)),
    await harmInit(lab, "the disk fills up while Vault is asked", { at: 0, deed: "fill" }, (person) => smallDisk(person, false)),
    await harmInit(lab, "the network goes in the middle of the answer", { at: 0, deed: "cut" }, nothing),
  ];
  console.log(table("vault-k8s operator init, not killed", rows));
  expect(fine(rows)).toEqual([]);
  expect(rows.map(({ point }) => / exit.*/.exec(point)?.[0])).toEqual([" exit 1 VK1502", " exit 0", " exit 1 VK1503"]);
});

/** A disk of 128 KiB for the person's data. It has room again when `undo` was called, and when it was full before, at the next run. */
function smallDisk({ data }: Person, full: boolean): () => void {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=128k,nr_inodes=64", "vault-k8s-faults", data]);
  if (full) fill(join(data, "full"));
  return () => void execFileSync("umount", ["--lazy", data]);
}

function fill(file: string): void {
  const handle = openSync(file, "w");
  try {
    for (;;) writeSync(handle, Buffer.alloc(4096));
  } catch {
    closeSync(handle);
  }
}
