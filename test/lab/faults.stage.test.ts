import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { theLab } from "./testing/product.ts";
import type { Person } from "./faults/command.ts";
import { harmInit, initBoundaries, killInit } from "./faults/init.ts";
import { atEachPoint, table, Vaults, type Row } from "./faults/points.ts";
import { killUnseal, unsealBoundaries } from "./faults/unseal.ts";

const lab = theLab();
/** FAULTS="init 17" or "unseal 3-5": only these points. */
const [only, range = ""] = (process.env["FAULTS"] ?? "").split(" ");
const [first = 1, last = first] = range === "" ? [1, Number.MAX_SAFE_INTEGER] : range.split("-").map(Number);
const wanted = (name: string): boolean => only === "" || only === name;

const wrong = (rows: readonly Row[]): Row[] => rows.filter(({ kind }) => kind === "wrong");
const killed = (rows: readonly Row[]): Row[] => rows.filter(({ kind }) => kind !== "ended");

async function rowsOf(title: string, boundaries: readonly string[], kill: (at: number) => Promise<Row>): Promise<Row[]> {
  const points = boundaries.map((_, index) => index + 1).filter((at) => at >= first && at <= last);
  const rows = await atEachPoint(points, kill);
  console.log(table(title, rows));
  return rows;
}

if (wanted("init"))
  describe("init killed at every boundary", () => {
    let vaults: Vaults;
    beforeAll(async () => void (vaults = await Vaults.up(lab, "init", { count: 5, replicas: 1 })));
    afterAll(() => vaults.down());

    test("no key is lost, and none is made twice", async () => {
      const rows = await rowsOf("vault-k8s operator init, killed at every boundary", await initBoundaries(vaults), (at) =>
        killInit(vaults, at),
      );
      expect(wrong(rows)).toEqual([]);
      if (range !== "") return;
      expect(killed(rows).length).toBeGreaterThan(40);
      // The named exception: Vault has the request, and its answer does not stand on the disk yet.
      const lost = rows.filter(({ kind }) => kind === "lost").map(({ at }) => at);
      expect(lost.length).toBeLessThanOrEqual(6);
      expect((lost.at(-1) ?? 0) - (lost[0] ?? 1) + 1, "they stand side by side").toBe(lost.length);
    }, 1_800_000);

    test.runIf(range === "")("nor when something else goes wrong", async () => {
      const nothing = () => () => undefined;
      const rows = [
        await harmInit(vaults, "the disk is full before", { at: 0 }, (person) => smallDisk(person, true)),
        await harmInit(vaults, "the disk fills up while Vault is asked", { at: 0, deed: "fill" }, (person) => smallDisk(person, false)),
        await harmInit(vaults, "the network goes in the middle of the answer", { at: 0, deed: "cut" }, nothing),
      ];
      console.log(table("vault-k8s operator init, not killed", rows));
      expect(wrong(rows)).toEqual([]);
      expect(rows.map(({ point }) => / exit.*/.exec(point)?.[0])).toEqual([" exit 1 VK1502", " exit 0", " exit 1 VK1503"]);
    });
  });

if (wanted("unseal"))
  test("unseal killed at every boundary: the next run unseals and joins every pod", async () => {
    const vaults = await Vaults.up(lab, "unseal", { count: 4, replicas: 2 });
    const boundaries = await unsealBoundaries(vaults);
    const rows = await rowsOf("vault-k8s operator unseal, killed at every boundary (two pods: one sealed, one empty)", boundaries, (at) =>
      killUnseal(vaults, at),
    );
    expect(wrong(rows)).toEqual([]);
    if (range === "") expect(killed(rows).length).toBeGreaterThan(15);
  }, 1_800_000);

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
