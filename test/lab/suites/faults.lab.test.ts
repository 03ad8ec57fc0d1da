import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { theLab } from "../testing/product.ts";
import { ends, harms } from "../faults/harms.ts";
import { initBoundaries, killInit } from "../faults/init.ts";
import { Store, type Keeps } from "../faults/keeping.ts";
import { killGenerate, rootBoundaries, unknownThen } from "../faults/root.ts";
import { atEachPoint, counts, table, Vaults, type Row } from "../faults/points.ts";
import { twoInits } from "../faults/two.ts";
import { killUnseal, unsealBoundaries } from "../faults/unseal.ts";
import { race } from "../../unit/keys/race.ts";

const lab = theLab();
/** FAULTS="init 17", "store 70", "race", "root 12" or "unseal 3-5": only these points. */
const [only, range = ""] = (process.env["FAULTS"] ?? "").split(" ");
const [first = 1, last = first] = range === "" ? [1, Number.MAX_SAFE_INTEGER] : range.split("-").map(Number);
const wanted = (name: string): boolean => only === "" || only === name;

/** How often two runs race; `npm run faults` says 50. */
const races = Number(process.env["RACES"] ?? 5);

/** Whether a run that makes a root token is killed at each of its points; `npm run faults` says so. */
const everyPoint = process.env["POINTS"] === "all" || range !== "";

const wrong = (rows: readonly Row[]): Row[] => rows.filter(({ kind }) => kind === "wrong");
const killed = (rows: readonly Row[]): Row[] => rows.filter(({ kind }) => kind !== "ended");

/** Everything that was tried. */
const all: Row[] = [];
afterAll(() => console.log(`All tables: ${counts(all)}`));

function show(title: string, rows: readonly Row[]): void {
  all.push(...rows);
  console.log(table(title, rows));
}

async function rowsOf(title: string, points: readonly number[], kill: (at: number) => Promise<Row>): Promise<Row[]> {
  const rows = await atEachPoint(
    points.filter((at) => at >= first && at <= last),
    kill,
  );
  show(title, rows);
  return rows;
}

const eachOf = (boundaries: readonly string[]): number[] => boundaries.map((_, index) => index + 1);

const inStore: Keeps = (person) => new Store(person);

/**
 * The boundaries that concern the commands: the probe, from the first after Vault's answer until that answer stands only in the store, and
 * the reading back that unseals. The mark is written as it is without commands.
 */
function aroundStore(names: readonly string[]): number[] {
  const answer = "vault-k8s/eks-prod/init.json.answer";
  const [answered, alone] = [names.lastIndexOf(`ftruncateSync ${answer}`), names.lastIndexOf(`unlink ${answer}`)];
  const proof = names.lastIndexOf("command give init.json: to be started");
  expect([answered, alone, proof], names.join("\n")).not.toContain(-1);
  return eachOf(names).filter((at) => {
    const [index, name] = [at - 1, names[at - 1]!];
    if (/^command .* probe\.json/.test(name)) return true;
    return (index > answered + 1 && index <= alone + 1 && !name.includes("under-way")) || (index >= proof && index <= proof + 2);
  });
}

if (wanted("init") || wanted("store"))
  describe("init", () => {
    let vaults: Vaults;
    beforeAll(async () => void (vaults = await Vaults.up(lab, "init", { count: 5, replicas: 1 })));
    afterAll(() => vaults.down());

    test.runIf(wanted("init"))(
      "killed at every boundary: no key is lost, and none is made twice",
      async () => {
        const boundaries = await initBoundaries(vaults);
        const rows = await rowsOf("vault-k8s operator init, killed at every boundary", eachOf(boundaries), (at) => killInit(vaults, at));
        expect(wrong(rows)).toEqual([]);
        if (range !== "") return;
        expect(killed(rows).length).toBeGreaterThan(40);
        // The named exception: Vault has the request, and its answer does not stand on the disk yet.
        const lost = rows.filter(({ kind }) => kind === "lost").map(({ at }) => at);
        expect(lost.length).toBeLessThanOrEqual(6);
        expect((lost.at(-1) ?? 0) - (lost[0] ?? 1) + 1, "they stand side by side").toBe(lost.length);
      },
      1_800_000,
    );

    test.runIf(wanted("store"))(
      "killed around the commands that keep the keys, then run with the store locked, and open again: nothing is lost",
      async () => {
        const boundaries = await initBoundaries(vaults, inStore);
        const title = "vault-k8s operator init --keys-command, killed around the commands; the store is locked once before the next run";
        const rows = await rowsOf(title, aroundStore(boundaries), (at) => killInit(vaults, at, inStore));
        expect(rows.filter(({ kind }) => kind === "wrong" || kind === "lost")).toEqual([]);
        if (range === "") expect(killed(rows).length).toBeGreaterThan(20);
      },
      1_800_000,
    );

    test.runIf(range === "")(
      "when something else goes wrong: no key is lost, and none is made twice",
      async () => {
        const rows = await harms(vaults);
        show("vault-k8s operator init, not killed", rows);
        expect(wrong(rows)).toEqual([]);
        expect(rows.map(({ point }) => /exit \d.*/.exec(point)?.[0])).toEqual(ends);
      },
      1_800_000,
    );
  });

if (wanted("race"))
  describe("two at once", () => {
    test("with one key file: one is let in, and no key is lost", async () => {
      for (let trial = 0; trial < races; trial += 1) {
        const { let: inside, kept, said } = await race({ prepares: trial % 16, abandons: trial % 13 });
        expect({ inside, kept }, said.join("; ")).toEqual({ inside: 1, kept: true });
      }
    }, 1_800_000);

    test("from two homes against one empty Vault: one init, and its keys are kept", async () => {
      const title = "vault-k8s operator init, twice at once from two homes";
      const trials = Array.from({ length: races }, (_, index) => index + 1);
      const rows = await Vaults.during(lab, "race", { count: 4, replicas: 1 }, (vaults) =>
        rowsOf(title, trials, (at) => twoInits(vaults, at)),
      );
      expect(wrong(rows)).toEqual([]);
    }, 1_800_000);
  });

if (wanted("unseal"))
  test("unseal killed at every boundary: the next run unseals and joins every pod", async () => {
    const title = "vault-k8s operator unseal, killed at every boundary (two pods: one sealed, one empty)";
    const rows = await Vaults.during(lab, "unseal", { count: 4, replicas: 2 }, async (vaults) =>
      rowsOf(title, eachOf(await unsealBoundaries(vaults)), (at) => killUnseal(vaults, at)),
    );
    expect(wrong(rows)).toEqual([]);
    if (range === "") expect(killed(rows).length).toBeGreaterThan(15);
  }, 1_800_000);

if (wanted("root"))
  test("generate-root killed where a token exists that nobody knows, or at every boundary: no root token is valid after the next run", async () => {
    const title = "vault-k8s operator generate-root -- vault auth enable userpass, killed";
    const rows = await Vaults.during(lab, "root", { count: everyPoint ? 5 : 3, replicas: 1 }, async (vaults) => {
      const boundaries = await rootBoundaries(vaults);
      const points = everyPoint ? eachOf(boundaries) : unknownThen(boundaries);
      expect(points, boundaries.join("\n")).not.toContain(0);
      return rowsOf(title, points, (at) => killGenerate(vaults, at));
    });
    expect(wrong(rows)).toEqual([]);
    expect(killed(rows).length).toBeGreaterThanOrEqual(range === "" ? 3 : 1);
  }, 1_800_000);
