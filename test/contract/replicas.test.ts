import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import type { StepId } from "../../src/config/step-id.ts";
import { askedOf } from "../../src/doctor/asked.ts";
import { examine } from "../../src/doctor/examine.ts";
import { collect } from "../../src/doctor/facts/collect.ts";
import { kinds } from "../../src/errors.ts";
import { everyProfile } from "../fakes/vault/profile.ts";
import { at } from "../fakes/wire/json.ts";
import { ended, endedReadably, run, type Ran } from "./run.ts";
import { Scene } from "./scene.ts";

const toUnsealed: StepId[] = ["tls", "install", "operator-init", "operator-unseal"];

let scene: Scene;
let putBack: () => Promise<void>;
const runs = async (
  replicas: string,
  { ids = toUnsealed, plan = false, flags = {} }: { ids?: StepId[]; plan?: boolean; flags?: Flags } = {},
) => run(scene, { spec: await scene.spec({ replicas, ...flags }), ids, plan });

const members = (): string[] => [...scene.vault.storage.peers.keys()].sort();
const replicas = (): unknown => at(scene.prod.objects.get("statefulsets.apps", "vault", "vault"), "spec", "replicas");
/** What was written of members and of the StatefulSet, in its order. */
const writesOf = ({ writes }: Ran): string[] => writes.flatMap(({ path }) => /remove-peer|step-down|statefulsets/.exec(path) ?? []);
/** Who left, in the order in which they did. */
const left = ({ events }: Ran): string[] =>
  events.flatMap((event) => (event.type === "progress" ? (/^(\S+) has left the raft/.exec(event.message)?.[1] ?? []) : []));
const changes = ({ events }: Ran, id: string): string[] =>
  events.flatMap((event) =>
    event.type === "resource" && event.id === id ? event.changes.map(({ field, before, after }) => `${field}: ${before} -> ${after}`) : [],
  );
const pictured = (): unknown => [members(), replicas()];
const kindOf = (ran: Ran) => endedReadably(ran).kind;

/** What mends members without a pod, as doctor finds them. */
async function podless(): Promise<string[]> {
  const spec = await scene.spec();
  const world = await scene.world(spec);
  const what = { asked: askedOf(spec, spec.consumers[0], world), host: spec.wiring.apiServer, release: "vault" };
  const evidence = await world.look((read) => collect(read, what, { probePod: false, image: undefined })).finally(() => world.close());
  const { causes } = examine(evidence, { steps: (...ids) => ids.join(), own: (command) => `vault-k8s ${command}` });
  return causes.flatMap(({ code, mend }) => (code === "VD07" ? [mend.command] : []));
}

/** One more pod goes: Vault goes on. */
function bearsOne(): void {
  const [first] = members();
  scene.vault.node(first!).restart();
  expect(scene.vault.nodes.some((node) => scene.vault.active === node)).toBe(true);
}

describe.each(everyProfile)("five pods of $name, and three are wanted", (profile) => {
  beforeAll(async () => {
    scene = await Scene.open(profile, 5);
    ended(await runs("5"));
    expect(members()).toEqual(["vault-0", "vault-1", "vault-2", "vault-3", "vault-4"]);
    putBack = await scene.save();
  });
  beforeEach(() => putBack());
  afterAll(() => scene.close());

  test("the plan says line by line who leaves the raft, before helm's change, and writes nothing", async () => {
    const ran = ended(await runs("3", { plan: true }));
    expect(changes(ran, "vault raft members")).toEqual([
      "vault-4: votes in the raft -> leaves the raft; then its pod goes, its volume stays",
      "vault-3: votes in the raft -> leaves the raft; then its pod goes, its volume stays",
    ]);
    expect(ran.writes).toEqual([]);
    expect(ran.events.flatMap((event) => (event.type === "resource" ? [event.id] : [])).indexOf("vault raft members")).toBeLessThan(
      ran.events.flatMap((event) => (event.type === "resource" ? [event.id] : [])).indexOf("helm vault/vault"),
    );
  });

  test("members leave before their pods, the highest first, and Vault bears another failure; a second run has nothing to do", async () => {
    const ran = ended(await runs("3"));
    expect([left(ran), writesOf(ran).slice(0, 3)]).toEqual([
      ["vault-4", "vault-3"],
      ["remove-peer", "remove-peer", "statefulsets"],
    ]);
    expect(pictured()).toEqual([["vault-0", "vault-1", "vault-2"], 3]);
    const again = ended(await runs("3"));
    expect(again.writes).toEqual([]);
    bearsOne();
  });

  test("one that leads steps down first", async () => {
    scene.vault.lead("vault-4");
    const planned = ended(await runs("3", { plan: true }));
    expect(changes(planned, "vault raft members")[0]).toMatch(/vault-4: leads the raft -> leaves the raft after it has stepped down/);
    const ran = ended(await runs("3"));
    expect([left(ran), writesOf(ran).slice(0, 4)]).toEqual([
      ["vault-4", "vault-3"],
      ["step-down", "remove-peer", "remove-peer", "statefulsets"],
    ]);
    expect(members()).toEqual(["vault-0", "vault-1", "vault-2"]);
  });

  test("nobody leaves, and no pod goes, while one that stays is not healthy", async () => {
    const before = pictured();
    scene.vault.node("vault-1").lags = true;
    const ran = await runs("3");
    scene.vault.node("vault-1").lags = false;
    expect([kindOf(ran), ran.writes, pictured()]).toEqual([kinds.cannotLeave, [], before]);
  });

  test("when one that stays falls ill half way, the next one does not leave, and no pod goes", async () => {
    scene.line.break(({ path }) => {
      if (path.includes("remove-peer")) scene.vault.node("vault-0").lags = true;
      return undefined;
    });
    const ran = await runs("3");
    scene.line.mend();
    scene.vault.node("vault-0").lags = false;
    expect([kindOf(ran), pictured()]).toEqual([kinds.cannotLeave, [["vault-0", "vault-1", "vault-2", "vault-3"], 5]]);
    ended(await runs("3"));
    expect(pictured()).toEqual([["vault-0", "vault-1", "vault-2"], 3]);
  });

  test("an ill one that goes is no reason to wait", async () => {
    scene.vault.node("vault-3").lags = true;
    ended(await runs("3"));
    scene.vault.node("vault-3").lags = false;
    expect(pictured()).toEqual([["vault-0", "vault-1", "vault-2"], 3]);
  });

  test("a Vault that is sealed, or has no leader, keeps its pods: not known is not none", async () => {
    scene.patienceMs = 500;
    onTestFinished(() => void delete scene.patienceMs);
    for (const away of [
      ["vault-0", "vault-1", "vault-2", "vault-3", "vault-4"],
      ["vault-0", "vault-1", "vault-4"],
    ]) {
      await putBack();
      for (const name of away) scene.vault.node(name).restart();
      const ran = await runs("3");
      expect([kindOf(ran), ran.writes, pictured()], away.join()).toEqual([kinds.cannotLeave, [], [members(), 5]]);
    }
  }, 120_000);

  test("what --set says counts, not the flag", async () => {
    const more = ended(await runs("3", { flags: { set: ["server.ha.replicas=5"] }, ids: ["install"] }));
    expect(writesOf(more).filter((line) => line.startsWith("remove"))).toEqual([]);
    expect(pictured()).toEqual([members(), 5]);
  });

  test("members without a pod, as earlier versions left them, leave too", async () => {
    ended(await runs("3"));
    for (const name of ["vault-3", "vault-4"]) scene.vault.storage.peers.set(name, 0);
    expect(await podless()).toEqual(["vault operator raft remove-peer vault-4\nvault operator raft remove-peer vault-3"]);
    const ran = ended(await runs("3"));
    expect(changes(ran, "vault raft members")).toEqual([
      "vault-4: votes in the raft, and has no pod -> leaves the raft",
      "vault-3: votes in the raft, and has no pod -> leaves the raft",
    ]);
    expect(members()).toEqual(["vault-0", "vault-1", "vault-2"]);
  });

  test("a set that somebody scaled down by hand for a while keeps its members", async () => {
    const set = scene.prod.objects.get("statefulsets.apps", "vault", "vault")!;
    scene.prod.objects.put("statefulsets.apps", { ...set, spec: { ...(set["spec"] as object), replicas: 3 } });
    await scene.prod.settled();
    ended(await runs("5", { ids: ["install"], plan: true }));
    expect(members()).toHaveLength(5);
  });
});
