import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kinds } from "../../../src/errors.ts";
import { keyFiles } from "../../../src/keys/place.ts";
import { custodyOf, init, keys, killed } from "./custody.ts";
import { failsWith, folder } from "../systems/server.ts";

const at = (file: string, flags = {}) => custodyOf({ file, flags });

/** What a run left that may be at work elsewhere. */
async function leftBy(file: string, changes: object): Promise<void> {
  const { lock } = keyFiles(file);
  await writeFile(lock, JSON.stringify({ ...(JSON.parse(await readFile(lock, "utf8")) as object), ...changes }));
}

const elsewhere: readonly (readonly [string, object])[] = [
  ["another host", { host: "another-host", user: "ann" }],
  ["another machine of the same name", { boot: "another-boot", machine: "another-machine", user: "ann" }],
  ["another container of the same machine", { space: "pid:[1]", process: 2 ** 22 + 1, user: "ann" }],
];

test.each(elsewhere)(
  "a lock of %s is never taken over in silence: who has it is shown, and --take-over does it",
  async (_where, changes) => {
    const file = join(await folder(), "init.json");
    await (await at(file)).prepare(init);
    await leftBy(file, changes);
    const error = await failsWith((await at(file)).prepare(init), kinds.runUnderWay);
    expect(error.why).toMatch(/^ann@.* \(process \d+, since 20.*Z\) holds /);
    expect(error.fix).toContain("--take-over");
    await (await at(file, { takeOver: true })).prepare(init);
  },
);

test("a lock of this machine whose process is gone, or whose number another process has by now, is taken over", async () => {
  const file = join(await folder(), "init.json");
  await (await at(file)).prepare(init);
  await killed(file);
  await (await at(file)).prepare(init);
  await leftBy(file, { start: "1", process: process.ppid });
  await (await at(file)).prepare(init);
  await leftBy(file, { boot: "the boot before this one" });
  await (await at(file)).prepare(init);
});

test("a run that surely lives is not taken over, whoever asks for it", async () => {
  const file = join(await folder(), "init.json");
  await (await at(file)).prepare(init);
  await failsWith((await at(file, { takeOver: true })).prepare(init), kinds.runUnderWay);
});

test("a run whose lock was taken over sends nothing, and takes nothing away that is of the next", async () => {
  const dir = await folder();
  const file = join(dir, "init.json");
  const first = await at(file);
  await first.prepare(init);
  await leftBy(file, { host: "seen-from-another-host" });
  const second = await at(file, { takeOver: true });
  await second.prepare(init);
  await failsWith(first.sending(), kinds.runUnderWay);
  await first.abandon();
  await second.sending();
  await second.keep(keys);
  await second.settled();
  expect([await second.read(), (await readdir(dir)).sort()]).toEqual([keys, ["init.json", "init.json.origin"]]);
});

test("a file of somebody else under the lock's name is refused, not taken over", async () => {
  const dir = await folder();
  const file = join(dir, "init.json");
  await writeFile(keyFiles(file).lock, "precious");
  for (const takeOver of [false, true]) await failsWith((await at(file, { takeOver })).prepare(init), kinds.badInput);
  expect(await readFile(keyFiles(file).lock, "utf8")).toBe("precious");
});

test("of twenty runs that find the lock of one that was killed, one takes it over, also when one that was about to was killed too", async () => {
  const dir = await folder();
  const file = join(dir, "init.json");
  await (await at(file)).prepare(init);
  await killed(file);
  const { nonce } = JSON.parse(await readFile(keyFiles(file).lock, "utf8")) as { nonce: string };
  const dead = { ...(JSON.parse(await readFile(keyFiles(file).lock, "utf8")) as object), nonce: "0123456789abcdef" };
  await writeFile(`${keyFiles(file).lock}.${nonce}.broken`, JSON.stringify(dead));
  const runs = await Promise.all(Array.from({ length: 20 }, () => at(file)));
  const outcomes = await Promise.allSettled(runs.map((run) => run.prepare(init)));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect((await readdir(dir)).sort()).toEqual(["init.json.answer", "init.json.lock", "init.json.origin", "init.json.under-way"]);
});

test("work alone keeps others out until it ends, however it ends", async () => {
  const file = join(await folder(), "init.json");
  const [one, other] = [await at(file), await at(file)];
  await expect(
    one.alone(async () => {
      await failsWith(
        other.alone(() => expect.fail("two at once")),
        kinds.runUnderWay,
      );
      await one.prepare(init);
      throw new Error("it failed");
    }),
  ).rejects.toThrow("it failed");
  await other.alone(() => other.prepare(init));
});
