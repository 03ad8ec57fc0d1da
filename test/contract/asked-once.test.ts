import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lookAt } from "../../src/cli/commands/init/look.ts";
import { review } from "../../src/cli/commands/init/review.ts";
import type { Spec } from "../../src/config/spec.ts";
import { bind } from "../../src/core/step.ts";
import { askedOf } from "../../src/doctor/asked.ts";
import { collect } from "../../src/doctor/facts/collect.ts";
import { preflightOf } from "../../src/run/preflight/of-run.ts";
import { preflight, todoOf } from "../../src/run/preflight/preflight.ts";
import { lookAtCluster } from "../../src/run/status/look.ts";
import { withPreflight } from "../../src/run/before-write.ts";
import { runSteps } from "../../src/run/run-steps.ts";
import { steps } from "../../src/run/steps.ts";
import type { World } from "../../src/run/world/open.ts";
import type { AppBoundStep } from "../../src/systems/step.ts";
import type { Recorded } from "../fakes/wire/exchange.ts";
import { fakeTerminal } from "../unit/cli/fake-terminal.ts";
import { writesIn } from "./run.ts";
import { Scene } from "./scene.ts";
import { Stages, order } from "./stages.ts";

const boundTo = (spec: Spec): AppBoundStep[] => order.map((id) => bind(steps[id], spec));

const looks = {
  status: (world, spec) => lookAtCluster(world, spec, boundTo(spec), true),
  doctor: (world, spec) =>
    world.look((read) => {
      const asked = askedOf(spec, spec.consumers[0]!, read);
      const what = { asked, host: spec.wiring.apiServer, release: spec.vault.install.release };
      return collect(read, what, { probePod: false, image: undefined });
    }),
  preflight: (world, spec) =>
    world.look(async (read) => {
      const about = preflightOf(read, spec, boundTo(spec));
      const todo = await todoOf(read, about.steps);
      return await preflight({ ...about, tries: true, todo: (resource) => todo.has(resource) });
    }),
  plan: (world, spec) => runSteps({ cluster: "eks-prod", world, steps: boundTo(spec), observer: () => undefined, settleMs: 600 }),
  "a run with nothing to do": (world, spec) =>
    runSteps({ cluster: "eks-prod", world, writes: true, steps: boundTo(spec), observer: () => undefined, settleMs: 600 }),
  "a run until its first write": (world, spec) => untilFirstWrite(world, spec),
  "the wizard's look": (world) => world.look(({ kube }) => lookAt(kube)),
  "the wizard's plan": (world, spec) => world.look(() => review(world, spec, fakeTerminal())),
} satisfies Record<string, (world: World, spec: Spec) => Promise<unknown>>;

/** All that is asked before anything is written, with what a run lacks; nobody lets it write. */
async function untilFirstWrite(world: World, spec: Spec): Promise<void> {
  const bound = boundTo(spec);
  const run = withPreflight(spec, world, { steps: bound, preflight: true }, (preflighted) =>
    runSteps({
      cluster: "eks-prod",
      world,
      writes: true,
      steps: bound,
      observer: () => undefined,
      beforeWrite: async (planned) => {
        await preflighted(planned);
        throw new Error("not now");
      },
    }),
  );
  await expect(run).rejects.toThrow("not now");
}

/** Why a question is asked more than once in a look. */
const exceptions: readonly (readonly [string, (asked: Recorded) => boolean])[] = [
  ["a connection, not a question", ({ path }) => path.includes("/portforward")],
  ["each proof makes a token, logs in and gives the login back by itself", ({ path }) => /\/token$|\/login$|\/revoke-self$/.test(path)],
  // Each is asked once in a look.
  ["the run's own token is one of those in custody, and is looked up as either", ({ path }) => path === "/v1/auth/token/lookup-self"],
  ["the active server is chosen by its health; its clock is read from it once more", ({ path }) => path.startsWith("/v1/sys/health")],
];

const isException = (asked: Recorded): boolean => exceptions.some(([, fits]) => fits(asked));

/** Who asks makes another question: Vault shows each token what it may see. */
const words = ({ server, identity, method, question }: Recorded): string => `${server}, ${identity}: ${method} ${question}`;

async function look(scene: Scene, name: keyof typeof looks): Promise<Recorded[]> {
  const spec = await scene.spec();
  const world = await scene.world(spec);
  const mark = scene.line.journal.length;
  await looks[name](world, spec).finally(() => world.close());
  const asked = scene.line.asked(mark);
  expect(writesIn(asked)).toEqual([]);
  return asked;
}

/** What a look asks of each system: questions that are no exceptions, and how often the exceptions were. */
function counted(asked: readonly Recorded[]): { readonly kube: number; readonly vault: number; readonly besides: number } {
  const plain = asked.filter((one) => !isException(one));
  const questions = asked.filter((one) => !one.path.includes("/portforward"));
  const kube = plain.filter(({ server }) => server.startsWith("kube")).length;
  return { kube, vault: plain.length - kube, besides: questions.length - plain.length };
}

function twice(asked: readonly Recorded[]): string[] {
  const all = asked.filter((one) => !isException(one)).map(words);
  return all.filter((one, index) => all.indexOf(one) !== index);
}

type Counts = readonly [keyof typeof looks, { readonly kube: number; readonly vault: number; readonly besides: number }];

function asksOnce(scene: () => Scene, counts: readonly Counts[]): void {
  test.each(counts)("%s asks nothing twice, and so much", async (name, expected) => {
    const asked = await look(scene(), name);
    expect(twice(asked)).toEqual([]);
    expect(counted(asked)).toEqual(expected);
  });
}

// The numbers are changed on purpose only: fewer is better.
describe("a wired cluster", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
    scene.helm.timeoutMs = 60_000;
    await new Stages(scene, await scene.spec()).before("verify");
    await scene.prod.settled();
  }, 120_000);
  afterAll(() => scene.close());

  asksOnce(
    () => scene,
    [
      ["status", { kube: 21, vault: 21, besides: 9 }],
      ["doctor", { kube: 20, vault: 16, besides: 6 }],
      ["preflight", { kube: 19, vault: 11, besides: 4 }],
      ["plan", { kube: 18, vault: 15, besides: 9 }],
      ["a run with nothing to do", { kube: 18, vault: 15, besides: 9 }],
      ["the wizard's look", { kube: 19, vault: 0, besides: 0 }],
      ["the wizard's plan", { kube: 20, vault: 16, besides: 9 }],
    ],
  );

  test("every exception is one", async () => {
    const all = [...(await look(scene, "status")), ...(await look(scene, "doctor"))];
    expect(exceptions.filter(([, fits]) => !all.some(fits)).map(([why]) => why)).toEqual([]);
  });
});

describe("an empty cluster", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
    scene.helm.timeoutMs = 60_000;
  });
  afterAll(() => scene.close());

  asksOnce(
    () => scene,
    [
      // Where Vault is not where it is looked for, status and plan list the releases of ours once.
      ["status", { kube: 20, vault: 0, besides: 0 }],
      ["doctor", { kube: 14, vault: 0, besides: 1 }],
      ["preflight", { kube: 26, vault: 0, besides: 0 }],
      ["plan", { kube: 19, vault: 0, besides: 0 }],
      ["a run until its first write", { kube: 26, vault: 0, besides: 0 }],
      ["the wizard's look", { kube: 12, vault: 0, besides: 0 }],
      ["the wizard's plan", { kube: 27, vault: 0, besides: 0 }],
    ],
  );
});
