import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { KeyHolders } from "../../src/systems/world.ts";
import { cancelByNonce, withRoot } from "../../src/vault/root/generation/with-root.ts";
import { CliError } from "../../src/core/errors.ts";
import { everyProfile } from "../fakes/vault/profile.ts";
import type { Recorded } from "../fakes/wire/exchange.ts";
import { ended } from "./run.ts";
import { Unsealed } from "./unsealed.ts";

vi.setConfig({ testTimeout: 60_000 });

interface Used {
  /** What the work came to; undefined where there was none. */
  readonly done: unknown;
  readonly error: unknown;
  readonly said: readonly string[];
}

describe.each(everyProfile)("on $name", (profile) => {
  const { path } = profile.rootGeneration;
  let vault: Unsealed;
  let retired: () => Promise<void>;

  beforeAll(async () => {
    vault = await Unsealed.open(profile);
    ended(await vault.run(["retire-root"]));
    retired = await vault.scene.save();
  }, 120_000);
  afterEach(() => retired());
  afterAll(() => vault.scene.close());

  /** One run; never throws what it throws. */
  async function use(work: (token: string) => Promise<unknown> = () => Promise.resolve(), holders?: KeyHolders): Promise<Used> {
    const said: string[] = [];
    const world = await vault.scene.world(await vault.scene.spec());
    const how = {
      say: (words: string) => void said.push(words),
      patienceMs: 50,
      lease: { namespace: "vault", release: "vault-root-generation" },
    };
    return withRoot({ ...world, holders }, how, work)
      .then(
        (done): Used => ({ done, error: undefined, said }),
        (error: unknown): Used => ({ done: undefined, error, said }),
      )
      .finally(() => world.close());
  }

  const codeOf = ({ error }: Used): string | undefined =>
    error instanceof CliError ? error.kind.code : error === undefined ? undefined : String(error);
  /** What is left of it: root tokens, a generation, a note in custody. */
  const left = async () => [vault.roots(), vault.attempt, await vault.kept("init.json.root-generation")];
  const nothing = [[], undefined, undefined];

  test("a root token is there while the work lasts, known to custody by its accessor, and gone after it", async () => {
    const seen = await use(async (token) => {
      const [root] = vault.roots();
      const { tokens, nonce } = (await vault.kept("init.json.root-generation")) as { tokens: { accessor: string }[]; nonce?: string };
      return {
        same: root?.id === token,
        accessor: tokens[0]?.accessor === root?.accessor,
        only: tokens.length,
        nonce,
        prefix: token.startsWith(profile.tokenPrefix),
      };
    });
    expect([seen.done, codeOf(seen)]).toEqual([{ same: true, accessor: true, only: 1, nonce: undefined, prefix: true }, undefined]);
    expect(await left()).toEqual(nothing);
  });

  test("it is gone also when the work fails", async () => {
    const failed = await use(() => Promise.reject(new Error("no such luck")));
    expect([codeOf(failed), await left()]).toEqual(["Error: no such luck", nothing]);
  });

  test("where it cannot be proven to be gone, that is said with its accessor, and the next run revokes it", async () => {
    let accessor = "";
    const lost = await use((token) => {
      accessor = vault.scene.vault.storage.tokens.get(token)!.accessor;
      vault.scene.line.cutAt(1, "before", () => true);
      return Promise.resolve();
    });
    vault.scene.line.mend();
    expect([codeOf(lost), (lost.error as Error).message]).toEqual(["VK1521", expect.stringContaining(accessor) as string]);
    // Whatever the work came to.
    expect([lost.done, (lost.error as CliError).kind.exit]).toEqual([undefined, 1]);
    expect(vault.roots().map((root) => root.accessor)).toEqual([accessor]);
    const next = await use();
    expect([next.error, next.said.join(), await left()]).toEqual([undefined, expect.stringContaining(accessor) as string, nothing]);
  });

  test("a token that was made while the answer was lost is found by its time, and revoked where it is the only one", async () => {
    const updates = (request: Recorded): boolean => request.path === `/v1/${path}/update`;
    vault.scene.line.cutAt(3, "after", updates);
    expect((await use()).error).toBeInstanceOf(CliError);
    vault.scene.line.mend();
    expect(vault.roots()).toHaveLength(1);
    // A root token of somebody's, made the same way ten minutes before that.
    const { storage } = vault.scene.vault;
    const earlier = storage.issue({ displayName: "root", policies: ["root"], path: "auth/token/root" });
    storage.tokens.set(earlier.id, { ...earlier, created: Date.now() - 600_000 });
    const next = await use();
    expect([next.error, vault.roots().map(({ id }) => id)]).toEqual([undefined, [earlier.id]]);
    storage.revoke(earlier.id);
    expect(await left()).toEqual(nothing);
  });

  test("several such tokens are shown and none is revoked; others than roots of a generation do not count", async () => {
    vault.scene.line.cutAt(3, "after", (request) => request.path === `/v1/${path}/update`);
    await use();
    vault.scene.line.mend();
    const { storage } = vault.scene.vault;
    const others = storage.issue({ displayName: "root", policies: ["root"], path: "auth/token/root" });
    const child = storage.issue({ displayName: "token", policies: ["root"], path: "auth/token/create" });
    const before = vault.roots().map(({ accessor }) => accessor);
    const next = await use();
    expect(next.error).toBeUndefined();
    expect(vault.roots().map(({ accessor }) => accessor)).toEqual(before);
    expect(next.said.join()).toContain(others.accessor);
    expect(next.said.join()).not.toContain(child.accessor);
    expect(await vault.kept("init.json.root-generation")).toMatchObject({ tokens: [{ from: expect.any(Number) as number }] });
    storage.revoke(others.id);
    expect((await use()).error).toBeUndefined();
    expect([vault.roots().map(({ id }) => id), await vault.kept("init.json.root-generation")]).toEqual([[child.id], undefined]);
    storage.revoke(child.id);
  });

  test("somebody else's generation is left, and ended only by its nonce", async () => {
    const strange = vault.strangers();
    expect([codeOf(await use()), vault.attempt]).toEqual(["VK1522", strange]);
    const world = await vault.scene.world(await vault.scene.spec());
    await expect(cancelByNonce(world, "another")).rejects.toMatchObject({ kind: { code: "VK1522" } });
    expect(vault.attempt).toEqual(strange);
    expect([await cancelByNonce(world, strange.nonce), await cancelByNonce(world, strange.nonce), vault.attempt]).toEqual([
      true,
      false,
      undefined,
    ]);
    await world.close();
    expect((await use()).error).toBeUndefined();
  });

  /** People who give these keys, one after the other. */
  const people = (keys: readonly string[], refused: string[] = []): KeyHolders => {
    const leftOver = [...keys];
    return { insist: true, askAgain: true, refuse: (why) => void refused.push(why), next: () => Promise.resolve(leftOver.shift()) };
  };

  test("holders give the keys; what is no key, was given before or does not fit is asked for again", async () => {
    const [one = "", two = "", three = ""] = vault.scene.vault.storage.shares;
    const wrong = "ab".repeat(33);
    const refused: string[] = [];
    const ran = await use(undefined, people(["nonsense", one, one, two, wrong, one, two, three], refused));
    expect([ran.error, await left()]).toEqual([undefined, nothing]);
    expect(refused).toEqual([
      expect.stringContaining("not an unseal key"),
      expect.stringContaining("given already"),
      expect.stringContaining("do not fit"),
    ]);
  });

  test("too few keys make nothing, and leave nothing", async () => {
    const ran = await use(undefined, people(vault.scene.vault.storage.shares.slice(0, 2)));
    expect([codeOf(ran), await left()]).toEqual(["VK1508", nothing]);
  });

  test("cut before and after each request, then run again: no root token is left valid", async () => {
    for (const when of ["before", "after"] as const)
      for (let k = 1; ; k += 1) {
        await retired();
        let last: Recorded | undefined;
        vault.scene.line.cutAt(k, when, (request) => {
          if (!request.path.startsWith("/v1/")) return false;
          last = request;
          return true;
        });
        const cut = await use();
        vault.scene.line.mend();
        if (cut.error === undefined) break;
        const unknown = when === "after" && last?.method === "POST" && last.path === `/v1/${path}/attempt` && vault.attempt !== undefined;
        const next = await use();
        if (unknown) expect([codeOf(next), vault.roots()], `cut ${when} ${k}`).toEqual(["VK1522", []]);
        else expect([codeOf(next), ...(await left())], `cut ${when} ${k}: ${last?.method} ${last?.path}`).toEqual([undefined, ...nothing]);
      }
  }, 300_000);
});
