import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { HttpAnswer } from "../../../src/systems/http/http.ts";
import { Pace } from "../../../src/systems/vault/pace.ts";
import type { VaultRequest } from "../../../src/systems/vault/server.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const answer = (status: number, headers: Record<string, string> = {}, errors: string[] = []): HttpAnswer => ({
  status,
  headers,
  body: JSON.stringify({ errors }),
  json: { errors },
});
const get: VaultRequest = { method: "GET", path: "sys/auth", headers: {} };
const mount = (name: string): VaultRequest => ({ method: "POST", path: `sys/auth/${name}`, headers: {} });
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

/** Requests that are answered when the test says so. */
function held() {
  const waiting: ((answer: HttpAnswer) => void)[] = [];
  const ask = (): Promise<HttpAnswer> => new Promise((resolve) => void waiting.push(resolve));
  return { waiting, ask };
}

test("no more than 32 requests are under way at once", async () => {
  const { waiting, ask } = held();
  const pace = new Pace();
  for (let each = 0; each < 100; each += 1) void pace.send(get, ask);
  await turns();
  expect(waiting).toHaveLength(32);
  waiting[0]?.(answer(200));
  await turns();
  expect(waiting).toHaveLength(33);
});

test("mounts are enabled one after another, and hold nothing else", async () => {
  const { waiting, ask } = held();
  const pace = new Pace();
  const asked: string[] = [];
  const of = (name: string) => (): Promise<HttpAnswer> => (asked.push(name), ask());
  for (const name of ["one", "two", "three"]) void pace.send(mount(name), of(name));
  void pace.send({ ...mount("one/tune"), path: "sys/auth/one/tune" }, of("tune"));
  void pace.send(get, of("read"));
  await turns();
  expect(asked.toSorted()).toEqual(["one", "read", "tune"]);
  waiting[asked.indexOf("one")]?.(answer(204));
  await turns();
  expect(asked.slice(3)).toEqual(["two"]);
});

test("too many requests: all wait as long as Vault says, and fewer are under way after it", async () => {
  const pace = new Pace();
  await pace.send(get, () => Promise.resolve(answer(429, { "retry-after": "7" })));
  expect(pace.atOnce).toBe(16);
  let begun = false;
  const other = pace.send(get, () => ((begun = true), Promise.resolve(answer(200))));
  await vi.advanceTimersByTimeAsync(6_900);
  expect(begun).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(begun).toBe(true);
  await other;
  for (let each = 0; each < 16 * 16; each += 1) await pace.send(get, () => Promise.resolve(answer(200)));
  expect(pace.atOnce).toBe(32);
});

test("an election slows all, longer each time, and stops nothing for ever", async () => {
  const pace = new Pace();
  const elects = (): Promise<HttpAnswer> => Promise.resolve(answer(500, {}, ["local node not active but active cluster node not found"]));
  const waits: number[] = [];
  for (let each = 0; each < 6; each += 1) {
    const began = performance.now();
    const sent = pace.send(get, elects).then(() => waits.push(Math.round(performance.now() - began)));
    await vi.runAllTimersAsync();
    await sent;
  }
  expect([waits[0], waits[1]]).toEqual([0, 250]);
  expect(waits.every((ms, index) => ms >= (waits[index - 1] ?? 0) && ms <= 4_000)).toBe(true);
  const last = pace.send(get, () => Promise.resolve(answer(200)));
  await vi.runAllTimersAsync();
  await last;
  const began = performance.now();
  await pace.send(get, () => Promise.resolve(answer(200)));
  expect(performance.now() - began).toBe(0);
});

test("what is refused, absent or sealed is no reason to slow down", async () => {
  const pace = new Pace();
  for (const [status, words] of [
    [403, "permission denied"],
    [404, ""],
    [400, "path is already in use"],
    [503, "Vault is sealed"],
  ] as const)
    await pace.send(get, () => Promise.resolve(answer(status, {}, [words])));
  expect(pace.atOnce).toBe(32);
  let begun = false;
  void pace.send(get, () => ((begun = true), Promise.resolve(answer(200))));
  await turns();
  expect(begun).toBe(true);
});

test("a run that is given up waits no longer", async () => {
  const pace = new Pace();
  await pace.send(get, () => Promise.resolve(answer(429, { "retry-after": "60" })));
  const over = new AbortController();
  const ask = vi.fn(() => Promise.resolve(answer(200)));
  const sent = pace.send(get, ask, over.signal);
  await turns();
  expect(ask).not.toHaveBeenCalled();
  over.abort();
  await vi.advanceTimersByTimeAsync(0);
  await sent;
  expect(ask).toHaveBeenCalledOnce();
});
