import { describe, expect, test } from "vitest";
import type { StepId } from "../../src/config/step-id.ts";
import type { Recorded } from "../fakes/wire/exchange.ts";
import { huge, type Fault } from "../fakes/wire/faults.ts";
import { faultsOf, meets, scopesOf, type Scope, type Server } from "./fault-table.ts";
import { ended, endedReadably, run, type Ran } from "./run.ts";
import type { Stages } from "./stages.ts";

interface Trouble {
  readonly server: Server;
  readonly scope: Scope;
  readonly name: string;
  readonly fault: Fault;
}

/** Puts every fault of a server into every step: each ends as a person can read it, and once it is over the step goes on. */
export function failsReadably(server: Server, ids: readonly StepId[], stages: () => Stages): void {
  describe.each(ids)("%s", (id) => {
    test.each(scopesOf[server])(
      `${server} fails at %s`,
      async (scope) => {
        const asked = await withoutFault(stages(), id);
        if (!asked.some((request) => meets(server, scope, request))) return;
        for (const [name, fault] of Object.entries(faultsOf[server])) await fails(stages(), id, { server, scope, name, fault });
      },
      300_000,
    );
  });
  test(`${server} sends a body without end`, async () => {
    await fails(stages(), "kv", { server, scope: server === "kube" ? "every request" : "writes", name: "an endless body", fault: huge });
  }, 300_000);
}

const known = new WeakMap<Stages, Map<StepId, readonly Recorded[]>>();

/** What a step asks when all goes well. */
async function withoutFault(stages: Stages, id: StepId): Promise<readonly Recorded[]> {
  const ofStages = known.get(stages) ?? new Map<StepId, readonly Recorded[]>();
  known.set(stages, ofStages);
  if (!ofStages.has(id)) {
    await stages.before(id);
    const mark = stages.scene.line.journal.length;
    ended(await run(stages.scene, { spec: stages.spec, ids: [id] }));
    ofStages.set(id, stages.scene.line.asked(mark));
  }
  return ofStages.get(id)!;
}

async function fails(stages: Stages, id: StepId, { server, scope, name, fault }: Trouble): Promise<void> {
  const { scene, spec } = stages;
  await stages.before(id);
  scene.line.break((request) => (meets(server, scope, request) ? fault : undefined));
  const ran = await run(scene, { spec, ids: [id], timeoutMs: fault.kind === "hang" ? 250 : 10_000 });
  scene.line.mend();
  // A proof that fails is a finding, not an error; and work that goes on without a Lease says so.
  if (ran.error === undefined)
    expect(ran.findings.some((finding) => finding.kind === "fail") || saidThatNoLease(ran), `${id}: ${name} at ${scope} went unseen`).toBe(
      true,
    );
  else endedReadably(ran);
  if (scope === "writes") await goesOn(stages, id, name);
}

const saidThatNoLease = ({ events }: Ran): boolean => events.some((event) => event.type === "progress" && /lease/i.test(event.message));

async function goesOn({ scene, spec }: Stages, id: StepId, name: string): Promise<void> {
  const again = await run(scene, { spec, ids: [id] });
  expect(again.error, `${id}, after ${name}`).toBeUndefined();
}
