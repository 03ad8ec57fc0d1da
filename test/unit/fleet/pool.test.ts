import { expect, test, vi } from "vitest";
import { pool, type Ended, type PoolOptions } from "../../../src/fleet/pool.ts";
import { failure, kinds } from "../../../src/errors.ts";

const options: PoolOptions = { concurrency: 3, canary: 0, deadlineMs: 60_000 };
const members = Array.from({ length: 10 }, (_, index) => index);
const quiet = { ended: () => undefined };
const kindsOf = (all: readonly Ended<number, unknown>[]): string[] => all.map((one) => (one.kind === "skipped" ? one.why : one.kind));

/** Work that ends when it is told to. */
function held() {
  const open = new Map<number, () => void>();
  const work = (member: number): Promise<number> => new Promise((resolve) => open.set(member, () => resolve(member)));
  return { open, work, end: (member: number) => open.get(member)?.() };
}

test("no more than so many at once, each place goes to the next, and results are in the order of the members", async () => {
  const { open, work, end } = held();
  const ended: number[] = [];
  const all = pool(members, work, options, { ended: ({ member }) => void ended.push(member) });
  await vi.waitFor(() => expect([...open.keys()]).toEqual([0, 1, 2]));
  end(1);
  await vi.waitFor(() => expect([...open.keys()]).toEqual([0, 1, 2, 3]));
  for (const member of members) {
    await vi.waitFor(() => expect(open.has(member)).toBe(true));
    end(member);
  }
  expect((await all).map(({ member }) => member)).toEqual(members);
  expect(ended[0]).toBe(1);
});

test("what fails stops no other", async () => {
  const all = await pool(
    members,
    (member) => (member % 2 === 0 ? Promise.reject(new Error("no")) : Promise.resolve(member)),
    options,
    quiet,
  );
  expect(kindsOf(all)).toEqual(members.map((member) => (member % 2 === 0 ? "failed" : "done")));
});

test("one that hangs is given up, and holds nobody", async () => {
  const never = new Promise<never>(() => undefined);
  const work = (member: number): Promise<number> => (member === 0 ? never : Promise.resolve(member));
  const all = await pool(members, work, { ...options, concurrency: 1, deadlineMs: 20, graceMs: 1 }, quiet);
  expect(kindsOf(all)).toEqual(["failed", ...members.slice(1).map(() => "done")]);
  expect(all[0]).toMatchObject({ error: { kind: kinds.timedOut } });
});

test("one that ends when it is told to says what it was about", async () => {
  const work = (_: number, signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(failure(kinds.interrupted, { what: "Interrupted before vault kv/" }))),
    );
  const [one] = await pool([0], work, { ...options, deadlineMs: 20, graceMs: 60_000 }, quiet);
  expect(one).toMatchObject({ error: { kind: kinds.timedOut, why: "Interrupted before vault kv/" } });
});

test("canaries go first: where one fails, no other is begun", async () => {
  const begun: number[] = [];
  const work = (member: number): Promise<number> => (member === 1 ? Promise.reject(new Error("no")) : Promise.resolve(member));
  const all = await pool(members, work, { ...options, canary: 2 }, { ...quiet, begun: (member) => void begun.push(member) });
  expect(begun).toEqual([0, 1]);
  expect(kindsOf(all)).toEqual(["done", "failed", ...Array.from({ length: 8 }, () => "a canary failed")]);
});

test("canaries that went well are waited for by all others", async () => {
  const { open, work, end } = held();
  const all = pool(members.slice(0, 4), work, { ...options, canary: 1 }, quiet);
  await vi.waitFor(() => expect([...open.keys()]).toEqual([0]));
  end(0);
  await vi.waitFor(() => expect([...open.keys()]).toEqual([0, 1, 2, 3]));
  [1, 2, 3].forEach(end);
  expect(kindsOf(await all)).toEqual(["done", "done", "done", "done"]);
});

test("after so many failures no more are begun; a result may count as one", async () => {
  const told = { ...quiet, isFailure: (value: number) => value < 2 };
  const all = await pool(members, (member) => Promise.resolve(member), { ...options, concurrency: 1, maxFailures: 2 }, told);
  expect(kindsOf(all)).toEqual(["done", "done", ...Array.from({ length: 8 }, () => "too many failed")]);
});

test("an interrupt begins no more, and what is under way comes to its end", async () => {
  const { open, work, end } = held();
  const quitting = new AbortController();
  const all = pool(members, work, { ...options, signal: quitting.signal }, quiet);
  await vi.waitFor(() => expect(open.size).toBe(3));
  quitting.abort();
  [0, 1, 2].forEach(end);
  expect(kindsOf(await all)).toEqual(["done", "done", "done", ...Array.from({ length: 7 }, () => "interrupted")]);
});
