import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import { ended, endedReadably, run, writesIn } from "./run.ts";
import { Scene } from "./scene.ts";
import { Stages } from "./stages.ts";
import { isWrite } from "./writes.ts";

let scene: Scene;

beforeAll(async () => void (scene = await Scene.open()));
afterAll(() => scene.close());

const store = 'cat > "$HOME/store-$VAULT_K8S_DOCUMENT"';
const read = 'cat "$HOME/store-$VAULT_K8S_DOCUMENT"';
/** Every way to keep keys, and in which Secrets and files they are to be found. */
const ways: readonly [string, () => Flags][] = [
  ["a Secret", () => ({ keysKubernetesSecret: "vault/keys" })],
  ["commands", () => ({ keysCommand: store, keysReadCommand: read })],
  [
    "a file, a Secret and commands",
    () => ({
      initFile: join(scene.folder, "home", "mine.json"),
      keysKubernetesSecret: "vault/keys",
      keysCommand: store,
      keysReadCommand: read,
    }),
  ],
];

describe.each(ways)("keys in %s", (name, flags) => {
  let stages: Stages;
  let again: () => Promise<void>;
  beforeAll(async () => {
    stages ??= new Stages(scene, await scene.spec(flags()));
    again ??= await scene.save();
    await stages.before("operator-init");
  });
  afterAll(() => again());

  test("planned without a write; made once; a second run has nothing to do; the keys unseal", async () => {
    await stages.before("operator-init");
    const { spec } = stages;
    expect(ended(await run(scene, { spec, ids: ["operator-init"], plan: true })).writes).toEqual([]);
    expect(ended(await run(scene, { spec, ids: ["operator-init"] })).writes.filter(isInit)).toHaveLength(1);
    for (const plan of [true, false]) expect(ended(await run(scene, { spec, ids: ["operator-init"], plan })).writes).toEqual([]);
    ended(await run(scene, { spec, ids: ["operator-unseal"] }));
    expect(scene.vault.nodes.map(({ sealed }) => sealed)).toEqual([false, false, false]);
  });

  // The others write to Vault and Kubernetes as one of these does.
  if (name !== "a Secret") return;
  test("cut before or after each write, then run again: one init, and the keys are where they belong; or VK1503", async () => {
    await stages.before("operator-init");
    const { spec } = stages;
    const writes = ended(await run(scene, { spec, ids: ["operator-init"] })).writes;
    for (const when of ["before", "after"] as const)
      for (let k = 1; k <= writes.length; k += 1) {
        await stages.before("operator-init");
        scene.line.cutAt(k, when, ({ method, path }) => isWrite(method, path));
        const broken = await run(scene, { spec, ids: ["operator-init"] });
        scene.line.mend();
        const where = `${when} write ${k} of ${writes.length}: ${writes[k - 1]!.method} ${writes[k - 1]!.path}`;
        const next = await run(scene, { spec, ids: ["operator-init"] });
        if (when === "after" && isInit(writes[k - 1]!)) {
          expect(endedReadably(next).kind.code, where).toBe("VK1503");
          expect(writesIn(next.writes), where).toEqual([]);
          continue;
        }
        expect(next.error, where).toBeUndefined();
        expect([...broken.writes, ...next.writes].filter(isInit).length, where).toBeLessThanOrEqual(
          when === "before" && isInit(writes[k - 1]!) ? 2 : 1,
        );
        ended(await run(scene, { spec, ids: ["operator-unseal"] }));
        expect(
          scene.vault.nodes.some(({ sealed }) => sealed),
          where,
        ).toBe(false);
      }
  }, 300_000);
});

const isInit = ({ path }: { readonly path: string }): boolean => path.includes("sys/init");
