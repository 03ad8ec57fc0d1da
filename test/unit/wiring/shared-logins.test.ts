import { expect, test } from "vitest";
import { SharedLogins } from "../../../src/wiring/shared-logins.ts";

function logins(fails = false) {
  const log: string[] = [];
  let count = 0;
  const shared = new SharedLogins<null, number>(() => {
    count += 1;
    log.push(`login ${count}`);
    return fails ? Promise.reject(new Error("no")) : Promise.resolve(count);
  });
  const giveBack = (login: number): Promise<void> => Promise.resolve(void log.push(`back ${login}`));
  const use = (name: string, work: () => Promise<void> = () => Promise.resolve()) =>
    shared.during(null, (login) => (log.push(`${name} has ${login}`), work()), giveBack);
  return { log, use };
}

test("those at the same time share one, which the last gives back; who comes later gets another", async () => {
  const { log, use } = logins();
  await Promise.all([use("a", () => new Promise((resolve) => setImmediate(resolve))), use("b")]);
  await use("c");
  expect(log).toEqual(["login 1", "a has 1", "b has 1", "back 1", "login 2", "c has 2", "back 2"]);
});

test("it is given back once, whatever those do who have it", async () => {
  const { log, use } = logins();
  const both = await Promise.allSettled([use("a", () => Promise.reject(new Error("x"))), use("b")]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  expect(log.filter((line) => line.startsWith("back"))).toEqual(["back 1"]);
});

test("a login that fails fails for all, and is not kept", async () => {
  const { log, use } = logins(true);
  expect((await Promise.allSettled([use("a"), use("b")])).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect(use("c")).rejects.toThrow("no");
  expect(log).toEqual(["login 1", "login 2"]);
});
