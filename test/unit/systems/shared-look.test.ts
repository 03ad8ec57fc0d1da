import { expect, test, vi } from "vitest";
import { Looks } from "../../../src/systems/asked-once/answers.ts";
import { keptIn, type Asked } from "../../../src/systems/asked-once/kept.ts";
import { SharedLook } from "../../../src/systems/asked-once/shared.ts";
import { keptVault } from "../../../src/systems/asked-once/vault.ts";
import type { VaultAnswer, VaultWriter } from "../../../src/systems/world.ts";

interface Run extends Asked<VaultWriter> {
  readonly looks: Looks;
}

/** Runs that share a look of one Vault, and all that they ask it. */
function runs({ fails = () => false }: { readonly fails?: (nth: number) => boolean } = {}) {
  const asked: string[] = [];
  let now = 0;
  const look = new SharedLook(() => now);
  const get = (path: string): Promise<VaultAnswer> => {
    const nth = asked.push(path);
    return fails(nth) ? Promise.reject(new Error(`no ${nth}`)) : Promise.resolve({ data: { nth }, warnings: [] });
  };
  const write = () => Promise.resolve({ data: {}, warnings: [] });
  const client = { get, post: write, postAs: write, remove: write } as unknown as VaultWriter;
  const run = (vault = "one"): Run => {
    const looks = new Looks();
    const answers = looks.answers();
    const shared = { ...look.of(vault), mayTake: () => looks.underWay };
    return { looks, ...keptVault(client, keptIn(answers, [answers]), shared) };
  };
  return { run, asked, pass: (ms: number) => void (now += ms) };
}

const looking = ({ looks, once }: Run, ...paths: readonly string[]) =>
  looks.during(async () => Promise.all(paths.map((path) => once.get(path))));

test("what is the same for all clusters is asked once for all runs, at the same time and later; the rest by each", async () => {
  const { run, asked } = runs();
  const paths = ["sys/auth", "sys/mounts", "sys/policies/acl?list=true", "auth/k8s-a/config"];
  await Promise.all([looking(run(), ...paths), looking(run(), ...paths)]);
  await looking(run(), ...paths);
  expect(asked.toSorted()).toEqual([...paths, "auth/k8s-a/config", "auth/k8s-a/config"].toSorted());
});

test("another Vault, or another token, is another question", async () => {
  const { run, asked } = runs();
  await looking(run("one"), "sys/auth");
  await looking(run("other"), "sys/auth");
  expect(asked).toHaveLength(2);
});

test("outside of its look a run asks by itself, and what it learns is for the others", async () => {
  const { run, asked } = runs();
  const [first, second] = [run(), run()];
  await looking(first, "sys/auth");
  const own = await first.once.get("sys/auth");
  expect(own?.data).toEqual({ nth: 2 });
  expect(await first.anew.get("sys/auth")).toMatchObject({ data: { nth: 3 } });
  expect(await looking(second, "sys/auth")).toMatchObject([{ data: { nth: 3 } }]);
  expect(asked).toHaveLength(3);
});

test.each<[string, (vault: VaultWriter) => Promise<unknown>]>([
  ["post", (vault) => vault.post("sys/auth/k8s-a", {})],
  ["post with another token", (vault) => vault.postAs("token", "sys/auth/k8s-a", {})],
  ["remove", (vault) => vault.remove("sys/auth/k8s-a")],
])("%s by one run makes stale for all what it touches, and no more", async (_, write) => {
  const { run, asked } = runs();
  await looking(run(), "sys/auth", "sys/mounts");
  await write(run().once);
  await looking(run(), "sys/auth", "sys/mounts");
  expect(asked).toEqual(["sys/auth", "sys/mounts", "sys/auth"]);
});

test("a policy that is written makes the list of policies stale", async () => {
  const { run, asked } = runs();
  await looking(run(), "sys/policies/acl?list=true");
  await run().anew.post("sys/policies/acl/k8s-a-read", {});
  await looking(run(), "sys/policies/acl?list=true");
  expect(asked).toHaveLength(2);
});

test("an answer is not shared for longer than half a minute", async () => {
  const { run, asked, pass } = runs();
  await looking(run(), "sys/auth");
  pass(30_000);
  await looking(run(), "sys/auth");
  expect(asked).toHaveLength(1);
  pass(1);
  await looking(run(), "sys/auth");
  expect(asked).toHaveLength(2);
});

test("a failure is of the run that met it: whoever waited for the same answer asks by itself, and so does who comes later", async () => {
  const { run, asked } = runs({ fails: (nth) => nth === 1 });
  const both = await Promise.allSettled([looking(run(), "sys/auth"), looking(run(), "sys/auth")]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  await looking(run(), "sys/auth");
  expect(asked).toHaveLength(3);
});

test("who asks anew while the same is under way gets the next answer, together with all who do", async () => {
  const { anew } = new SharedLook().of("vault");
  const begun: (() => void)[] = [];
  const work = (): Promise<number> => {
    const round = begun.length;
    return new Promise((resolve) => void begun.push(() => resolve(round)));
  };
  const first = anew("sys/auth", work);
  const later = [1, 2, 3].map(() => anew("sys/auth", work));
  expect(begun).toHaveLength(1);
  begun[0]?.();
  expect(await first).toBe(0);
  await vi.waitFor(() => expect(begun).toHaveLength(2));
  const last = anew("sys/auth", work);
  begun[1]?.();
  expect(await Promise.all(later)).toEqual([1, 1, 1]);
  await vi.waitFor(() => expect(begun).toHaveLength(3));
  begun[2]?.();
  expect(await last).toBe(2);
});
