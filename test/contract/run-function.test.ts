import { getEventListeners } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import { stepIds } from "../../src/config/step-id.ts";
import { boundSteps } from "../../src/run/bound-steps.ts";
import type { ClusterEvent, RunOutcome } from "../../src/run/observer.ts";
import { run } from "../../src/run/run.ts";
import { stepsFor } from "../../src/run/which-steps.ts";
import { SharedLook } from "../../src/systems/asked-once/shared.ts";
import type { FakeKube } from "../fakes/kube/kube.ts";
import { newSecretMount } from "../fakes/vault/storage.ts";
import { filesRead } from "./files-read.ts";
import { results, writesIn } from "./run.ts";
import { planted, Scene } from "./scene.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.open();
  // A machine that is busy is no reason to fail.
  scene.helm.timeoutMs = 60_000;
  const { storage } = scene.vault.ready();
  await writeFile(join(scene.folder, "token"), `${storage.issued[0] ?? ""}\n`);
});
afterEach(() => scene.close());

const commandLines = {
  steps: (...ids: readonly string[]) => ids.join(" && "),
  own: (command: string, ...rest: readonly string[]) => ["vault-k8s", command, ...rest].join(" "),
};

interface Ran {
  readonly outcome: RunOutcome;
  readonly events: readonly ClusterEvent[];
}

/** A whole run over one cluster and the Vault at its address, with an observer of its own. */
async function bootstrap(
  kube: FakeKube,
  signal: AbortSignal,
  flags: Flags = {},
  also: ClusterEvent[] = [],
  sharedLook?: SharedLook,
): Promise<Ran> {
  const spec = await scene.spec({
    cluster: kube.name,
    vaultAddr: scene.vault.url,
    vaultTokenFile: join(scene.folder, "token"),
    kubernetesHost: kube.url,
    ...flags,
  });
  const work = { steps: await boundSteps(stepsFor(stepIds, spec), spec), commandLines, missingIs: 0, preflight: true } as const;
  const events: ClusterEvent[] = [];
  const observer = (event: ClusterEvent): void => [events, also].forEach((list) => void list.push(event));
  const outcome = await run(spec, { ...scene.systems(), signal, sharedLook }, observer, work);
  return { outcome, events };
}

/** What is written to the process's own streams from now on, until the test is over. */
function written(): () => string[] {
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write").mockReturnValue(true));
  onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
  return () => spies.flatMap((spy) => spy.mock.calls.map(([text]) => String(text)));
}

/** How many listen to what of the process. */
const listeners = (): Record<string, number> =>
  Object.fromEntries(process.eventNames().map((name) => [String(name), process.listenerCount(name)]));

const clustersOf = ({ events }: Ran): string[] => [...new Set(events.map(({ cluster }) => cluster))];

test("two runs at the same time: each has its own events and outcome, and leaves nothing behind", async () => {
  const { signal } = new AbortController();
  const [before, said, read] = [listeners(), written(), filesRead()];
  const all: ClusterEvent[] = [];
  const both = await Promise.all([scene.prod, scene.staging].map((kube) => bootstrap(kube, signal, {}, all)));

  const [prod, staging] = both as [Ran, Ran];
  const ends = all.filter(({ type }) => type === "end").map((event) => all.indexOf(event));
  const wroteBefore = (end: number): string[] => all.slice(0, end).flatMap((event) => (event.type === "resource" ? [event.cluster] : []));
  expect(new Set(wroteBefore(Math.min(...ends)))).toEqual(new Set(["eks-prod", "eks-staging"]));
  expect(both.map(clustersOf)).toEqual([["eks-prod"], ["eks-staging"]]);
  for (const { outcome, events } of both) {
    expect(outcome).toMatchObject({ exitCode: 0, pending: 0, dryRun: false });
    expect(outcome.changed).toBe(Object.values(results({ events })).filter((result) => result !== "unchanged").length);
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(["target", "request", "step", "resource", "check", "end"]));
    expect(events.at(-1)).toMatchObject({ type: "end", ...outcome });
  }
  expect(results(prod)).toHaveProperty(["vault auth/k8s-eks-prod"], "created");
  expect(results(staging)).toHaveProperty(["vault auth/k8s-eks-staging"], "created");
  const target = (ran: Ran) => ran.events.find(({ type }) => type === "target");
  expect([target(prod), target(staging)]).toMatchObject([{ server: scene.prod.url }, { server: scene.staging.url }]);

  expect(said()).toEqual([]);
  expect(listeners()).toEqual(before);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  const files = [join(scene.folder, "kubeconfig"), join(scene.folder, "vault-k8s.yaml")];
  expect(read.filter((file) => files.includes(file)).sort()).toEqual(files);
}, 60_000);

test("runs that share a look ask their Vault once for what is the same for all clusters", async () => {
  const { signal } = new AbortController();
  const clusters = [scene.prod, scene.staging];
  const both = (look?: SharedLook) => Promise.all(clusters.map((kube) => bootstrap(kube, signal, {}, [], look)));
  const wired = await both(new SharedLook());
  expect(wired.map(({ outcome: { exitCode } }) => exitCode)).toEqual([0, 0]);
  const mark = scene.line.journal.length;
  const again = await both(new SharedLook());
  expect(again.map(({ outcome: { changed, exitCode } }) => [changed, exitCode])).toEqual([
    [0, 0],
    [0, 0],
  ]);
  const asked = scene.line.asked(mark).map(({ question }) => question);
  for (const path of ["/v1/sys/auth", "/v1/sys/mounts"]) expect(asked.filter((one) => one === path)).toHaveLength(1);
}, 60_000);

test("the engine that clusters share may be enabled by another run meanwhile; another engine there is refused", async () => {
  const spec = await scene.spec({ vaultAddr: scene.vault.url, vaultTokenFile: join(scene.folder, "token") });
  const { mounts } = scene.vault.storage;
  const said: ClusterEvent[] = [];
  const enabled = async (version: string): Promise<RunOutcome> => {
    mounts.delete("kv/");
    const confirm = async (): Promise<void> => void mounts.set("kv/", newSecretMount("kv", "of another run", { version }));
    said.length = 0;
    return run(spec, scene.systems(), (event) => void said.push(event), {
      steps: await boundSteps(["kv"], spec),
      commandLines,
      missingIs: 0,
      confirm,
    });
  };
  expect(await enabled("2")).toMatchObject({ exitCode: 0, changed: 0 });
  expect(said.filter(({ type }) => type === "resource")).toEqual([
    expect.objectContaining({ id: "vault kv/", result: "unchanged", note: "another run has enabled it meanwhile" }),
  ]);
  await expect(enabled("1")).rejects.toMatchObject({ message: expect.stringContaining("write sys/mounts/kv") as string });
}, 60_000);

test("a run that fails says why to its caller, and the other one goes on", async () => {
  const { signal } = new AbortController();
  await bootstrap(scene.prod, signal);
  const said = written();
  const failed: ClusterEvent[] = [];
  const mark = scene.line.journal.length;
  const [prod, staging] = await Promise.allSettled([
    bootstrap(scene.prod, signal),
    bootstrap(scene.staging, signal, { authMount: "k8s-eks-prod" }, failed),
  ]);
  expect(prod).toMatchObject({ status: "fulfilled", value: { outcome: { cluster: "eks-prod", changed: 0, exitCode: 0 } } });
  expect(staging).toMatchObject({ status: "rejected", reason: { kind: { code: "VK1401" } } });
  expect(failed.map(({ cluster }) => cluster)).toContain("eks-staging");
  expect(failed.map(({ type }) => type)).not.toContain("end");
  expect(writesIn(scene.line.asked(mark))).toEqual([]);
  expect(said()).toEqual([]);
  expect(getEventListeners(signal, "abort")).toEqual([]);
}, 60_000);

test("what is said holds no secret, and a plan writes nothing and says so in its outcome", async () => {
  const { signal } = new AbortController();
  const mark = scene.line.journal.length;
  const plan = await bootstrap(scene.prod, signal, { dryRun: true });
  expect(writesIn(scene.line.asked(mark))).toEqual([]);
  expect(plan.outcome).toMatchObject({ cluster: "eks-prod", dryRun: true, next: [] });
  const done = await bootstrap(scene.prod, signal);
  scene.put("k8s/eks-prod/db", { username: planted.username, password: planted.password });
  const again = await bootstrap(scene.prod, signal);
  const words = JSON.stringify([plan, done, again]);
  expect(scene.secrets().filter((secret) => secret.length > 8 && words.includes(secret))).toEqual([]);
}, 60_000);

test("a values file that does not parse stops a run before anything is asked, whoever calls it", async () => {
  await writeFile(join(scene.folder, "broken.yaml"), "server:\n  image: [unclosed\n");
  const mark = scene.line.journal.length;
  const ran = bootstrap(scene.prod, new AbortController().signal, { operatorValues: [join(scene.folder, "broken.yaml")] });
  await expect(ran).rejects.toMatchObject({ kind: { code: "VK1305" } });
  expect(scene.line.asked(mark)).toEqual([]);
});
