import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import type { StepId } from "../../src/config/step-id.ts";
import type { Notice } from "../../src/core/step.ts";
import { askedOf } from "../../src/doctor/asked.ts";
import { examine } from "../../src/doctor/examine.ts";
import { collect } from "../../src/doctor/facts/collect.ts";
import { kinds } from "../../src/errors.ts";
import { lookAtCluster } from "../../src/run/status/look.ts";
import { rollout } from "../../src/vault/rollout/step.ts";
import { everyProfile } from "../fakes/vault/profile.ts";
import { vaultError } from "../fakes/wire/faults.ts";
import { ended, endedReadably, run, type Ran } from "./run.ts";
import { Scene } from "./scene.ts";
import { isWrite } from "./writes.ts";

const toUnsealed: StepId[] = ["tls", "install", "operator-init", "operator-unseal"];
const all = ["vault-0", "vault-1", "vault-2"];

let scene: Scene;
let putBack: () => Promise<void>;
let told: readonly Notice[];

const rolls = async (plan = false, flags: Flags = {}): Promise<Ran> =>
  run(scene, { spec: await scene.spec(flags), ids: [], others: [rollout], plan });
const installs = async (imageTag: string, ids: StepId[] = ["install"]): Promise<Ran> =>
  run(scene, { spec: await scene.spec({ imageTag }), ids });

/** The image that each pod runs. */
const images = (): unknown[] =>
  all.map((name) => /"image":"([^"]+)"/.exec(JSON.stringify(scene.prod.objects.get("pods", "vault", name)))?.[1]);
const old = "hashicorp/vault:1.21.0";
const newer = "hashicorp/vault:1.21.9";
/** Pods that were deleted and servers that handed over, in the order in which that happened. */
const turns = ({ writes }: Ran): string[] =>
  writes.flatMap(({ method, path }) =>
    path.endsWith("sys/step-down") ? ["step-down"] : method === "DELETE" ? (/\/pods\/([^/?]+)/.exec(path)?.[1] ?? []) : [],
  );
const unsealed = (): boolean[] => all.map((name) => !scene.vault.node(name).sealed);

/** What status and doctor see of the pods. */
async function looks(): Promise<{ earlier: boolean[]; ok: boolean; found: string[] }> {
  const spec = await scene.spec({ imageTag: "1.21.9" });
  const world = await scene.world(spec);
  try {
    const { nodes, ok } = await lookAtCluster(world, spec, [], false);
    const what = { asked: askedOf(spec, spec.consumers[0], world), host: spec.wiring.apiServer, release: "vault" };
    const evidence = await world.look((read) => collect(read, what, { probePod: false, image: undefined }));
    const { causes } = examine(evidence, { steps: (...ids) => ids.join(), own: (command) => `vault-k8s ${command}` });
    const found = causes.filter(({ aside }) => aside).map(({ code, mend }) => `${code} ${mend.command}`);
    return { earlier: nodes.map(({ pod }) => pod?.earlierRevision === true), ok, found };
  } finally {
    await world.close();
  }
}

/** Counts, at each request, how many servers that vote are away. */
function watchesMajority(): () => number {
  let worst = 0;
  scene.line.break(() => {
    worst = Math.max(worst, unsealed().filter((open) => !open).length);
    return undefined;
  });
  return () => worst;
}

describe.each(everyProfile)("three pods of $name, whose StatefulSet has another image", (profile) => {
  beforeAll(async () => {
    scene = await Scene.open(profile);
    ended(await installs("1.21.0", toUnsealed));
    told = ended(await installs("1.21.9")).notices;
    expect(images()).toEqual([old, old, old]);
    putBack = await scene.save();
  });
  beforeEach(() => putBack());
  afterAll(() => scene.close());

  test("install says at its end that all run the earlier revision, and what replaces them; also when it has nothing to do", async () => {
    const said = {
      reason: expect.stringMatching(/^3 of 3 Vault pods \(vault-0, vault-1, vault-2\) run an earlier revision/) as string,
      fix: expect.stringContaining("vault-k8s rollout") as string,
    };
    expect(told).toEqual([said]);
    const again = ended(await installs("1.21.9"));
    expect([again.writes, again.notices]).toEqual([[], [said]]);
    ended(await rolls());
    expect(ended(await installs("1.21.9")).notices).toEqual([]);
  });

  test("status shows which, and is not well; doctor finds it, with the line that mends it", async () => {
    const before = await looks();
    expect([before.earlier, before.ok, before.found]).toEqual([[true, true, true], false, ["VD06 vault-k8s rollout"]]);
    ended(await rolls());
    const after = await looks();
    expect([after.earlier, after.found]).toEqual([[false, false, false], []]);
  });

  test("the plan names each, and writes nothing", async () => {
    const ran = ended(await rolls(true));
    expect(ran.events.flatMap((event) => (event.type === "resource" ? event.changes.map(({ field }) => field) : []))).toEqual(all);
    expect(ran.writes).toEqual([]);
  });

  test("standbys first, then the active one after it has stepped down; never more than one is away; a second run does nothing", async () => {
    scene.vault.lead("vault-1");
    const worst = watchesMajority();
    const ran = ended(await rolls());
    scene.line.mend();
    expect(turns(ran)).toEqual(["vault-0", "vault-2", "step-down", "vault-1"]);
    expect([images(), unsealed(), worst()]).toEqual([[newer, newer, newer], [true, true, true], 1]);
    const again = ended(await rolls());
    expect(again.writes).toEqual([]);
  });

  test("one that is of the newest revision already stays", async () => {
    scene.prod.objects.remove("pods", "vault", "vault-2");
    await scene.prod.settled();
    ended(await run(scene, { spec: await scene.spec(), ids: ["operator-unseal"] }));
    expect(turns(ended(await rolls()))).not.toContain("vault-2");
    expect(images()).toEqual([newer, newer, newer]);
  });

  test("a member that has not caught up keeps the next one in its place", async () => {
    scene.line.break(({ method, path }) => {
      if (method === "DELETE" && path.includes("/pods/")) scene.vault.node(path.split("/").at(-1)!.split("?")[0]!).lags = true;
      return undefined;
    });
    const ran = await rolls();
    scene.line.mend();
    expect([endedReadably(ran).kind, turns(ran).length]).toEqual([kinds.rolloutStopped, 1]);
    expect(unsealed()).toEqual([true, true, true]);
    for (const node of scene.vault.nodes) node.lags = false;
    ended(await rolls());
    expect(images()).toEqual([newer, newer, newer]);
  });

  test("nothing is replaced while one is not healthy", async () => {
    scene.vault.node("vault-2").lags = true;
    const ran = await rolls();
    scene.vault.node("vault-2").lags = false;
    expect([endedReadably(ran).kind, turns(ran), images()]).toEqual([kinds.rolloutStopped, [], [old, old, old]]);
  });

  test("a pod that does not come up stops it: the others stay as they are, and lead", async () => {
    const node = scene.vault.node("vault-1");
    scene.line.break(({ path, server }) =>
      server === "vault vault-1" && node.sealed && path.includes("seal-status") ? vaultError(500, "internal error") : undefined,
    );
    scene.vault.lead("vault-0");
    const ran = await rolls();
    scene.line.mend();
    expect([endedReadably(ran).kind, turns(ran)]).toEqual([kinds.rolloutStopped, ["vault-1"]]);
    expect([images(), scene.vault.active?.name]).toEqual([[old, newer, old], "vault-0"]);
    ended(await rolls());
    expect([images(), unsealed()]).toEqual([
      [newer, newer, newer],
      [true, true, true],
    ]);
  }, 60_000);

  test("cut off at any write and run again: every pod runs the new image, unsealed", async () => {
    const writes = ended(await rolls()).writes.length;
    for (let k = 1; k <= writes; k += 1) {
      await putBack();
      scene.line.cutAt(k, k % 2 === 0 ? "before" : "after", ({ method, path }) => isWrite(method, path));
      await rolls();
      scene.line.mend();
      await scene.prod.settled();
      ended(await rolls());
      expect([images(), unsealed()], `cut at write ${k} of ${writes}`).toEqual([
        [newer, newer, newer],
        [true, true, true],
      ]);
    }
  }, 300_000);

  test("without keys here no pod is deleted, and who is needed is said", async () => {
    const ran = await rolls(false, { initFile: `${scene.folder}/elsewhere.json` });
    const error = endedReadably(ran);
    expect([error.kind, ran.writes, error.fix]).toEqual([kinds.rolloutStopped, [], expect.stringContaining("holders of unseal keys")]);
  });

  test("without the right to delete pods nothing is lost", async () => {
    scene.prod.access.deny({ username: "operator", resources: ["pods"], verbs: ["delete"] });
    const ran = await rolls();
    scene.prod.access.denyNothing();
    expect([endedReadably(ran).kind, images(), unsealed()]).toEqual([kinds.kubeForbidden, [old, old, old], [true, true, true]]);
  });
});
