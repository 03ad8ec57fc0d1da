import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { converge, type RunEvent } from "../../src/core/converge.ts";
import { CliError } from "../../src/core/errors.ts";
import { operatorUnseal } from "../../src/vault/unseal/step.ts";
import { vaultUnsealed } from "../../src/vault/unseal/unsealed.ts";
import { watched } from "../../src/vault/unseal/watched.ts";
import { cutBefore } from "../fakes/wire/faults.ts";
import { Scene } from "./scene.ts";
import { Stages } from "./stages.ts";

let scene: Scene;
let stages: Stages;
const place = { namespace: "vault", release: "vault" };

beforeAll(async () => {
  scene = await Scene.open();
  stages = new Stages(scene, await scene.spec());
});
beforeEach(() => stages.before("audit"));
afterAll(() => scene.close());

/** Ticks of one watch, and what they said: words, or the code of what went wrong. */
async function watch(): Promise<{ tick: () => Promise<string[]>; close: () => Promise<void> }> {
  const world = await scene.world(stages.spec);
  const memory = watched();
  const { id, title } = operatorUnseal;
  const steps = [{ id, title, resources: [vaultUnsealed(1_000, place, memory)], checks: [] }];
  const tick = async (): Promise<string[]> => {
    const events: RunEvent[] = [];
    const error = await converge({ steps, read: world, write: world, on: (event) => events.push(event) }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const said = events.flatMap((event) => (event.type === "resource" && event.note !== undefined ? [event.note] : []));
    return [...said, ...(error instanceof CliError ? [error.kind.code] : [])];
  };
  return { tick, close: () => world.close() };
}

const given = (from: number): string[] =>
  scene.line
    .asked(from)
    .filter(({ path, method }) => path.includes("sys/unseal") && method !== "GET")
    .map(({ server }) => server);

/** A share that a person types at one node. */
async function types(name: string, share: number): Promise<void> {
  const { url, storage } = scene.vault.node(name);
  const key = storage!.shares[share]!;
  await fetch(`${url}/v1/sys/unseal`, { method: "POST", body: JSON.stringify({ key }) });
}

const file = (): string => join(scene.folder, "home", ".local/share/vault-k8s/eks-prod/init.json");

/** Custody has other keys, as after a rekey that it was not told of. */
async function otherKeys(): Promise<() => Promise<void>> {
  const right = await readFile(file(), "utf8");
  const keys = JSON.parse(right) as { unseal_keys_b64: string[] };
  const wrong = keys.unseal_keys_b64.map((_, index) => Buffer.alloc(33, index + 1).toString("base64"));
  await writeFile(file(), JSON.stringify({ ...keys, unseal_keys_b64: wrong }));
  return () => writeFile(file(), right);
}

describe("unseal --watch", () => {
  test("keys that a node refused are not tried again until custody gives others", async () => {
    const mend = await otherKeys();
    scene.vault.node("vault-1").restart();
    const { tick, close } = await watch();
    expect(await tick()).toContain("VK1505");
    const mark = scene.line.journal.length;
    for (let turn = 0; turn < 3; turn += 1) expect(await tick()).toEqual([expect.stringMatching(/vault-1 .*does not take the keys/)]);
    expect(given(mark)).toEqual([]);
    await mend();
    await tick();
    expect(scene.vault.node("vault-1").sealed).toBe(false);
    await close();
  });

  test("with keys that do not fit, what holders type at a node stays there, and opens it", async () => {
    await otherKeys();
    scene.vault.node("vault-1").restart();
    const { tick, close } = await watch();
    await tick();
    for (const share of [0, 1]) {
      await types("vault-1", share);
      await tick();
      expect(scene.vault.node("vault-1").collected).toHaveLength(share + 1);
    }
    await types("vault-1", 2);
    expect(scene.vault.node("vault-1").sealed).toBe(false);
    await close();
  });

  test("a node at which others have begun is left to them, also with keys that fit, and told", async () => {
    for (const name of ["vault-1", "vault-2"]) scene.vault.node(name).restart();
    await types("vault-1", 4);
    const { tick, close } = await watch();
    await tick();
    expect(await tick()).toEqual([expect.stringMatching(/vault-1 .*1 of 3 keys.*somebody else/)]);
    expect([scene.vault.node("vault-1").collected.length, scene.vault.node("vault-2").sealed]).toEqual([1, false]);
    await close();
  });

  test("what it gave itself before it was broken off is begun anew", async () => {
    scene.vault.node("vault-1").restart();
    const { tick, close } = await watch();
    let sent = 0;
    scene.line.break(({ path, method }) => (path.includes("sys/unseal") && method !== "GET" && ++sent === 3 ? cutBefore : undefined));
    await tick();
    scene.line.mend();
    expect(scene.vault.node("vault-1").collected).toHaveLength(2);
    await tick();
    expect(scene.vault.node("vault-1").sealed).toBe(false);
    await close();
  });
});
