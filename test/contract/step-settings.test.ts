import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runFields, targetFields } from "../../src/config/field-groups.ts";
import type { FieldName } from "../../src/config/fields.ts";
import { resolveSettings } from "../../src/config/resolve.ts";
import type { Flags } from "../../src/config/sources.ts";
import { specOf } from "../../src/config/spec.ts";
import type { StepId } from "../../src/config/step-id.ts";
import { fieldsOf } from "../../src/cli/commands/own-fields.ts";
import { converge } from "../../src/core/converge.ts";
import { bind } from "../../src/core/step.ts";
import { steps } from "../../src/run/steps.ts";
import { recorded, saidBy } from "./recorded-spec.ts";
import { planted, Scene } from "./scene.ts";
import { order } from "./stages.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene.close());

/** The settings that a step reads while it does all that a step can. */
async function readBy(id: StepId, flags: Flags, write: boolean): Promise<ReadonlySet<FieldName>> {
  const said = saidBy((await resolveSettings({ flags: { cluster: "eks-prod", ...flags }, env: {}, cwd: "/", noFile: true })).settings);
  const wanted = await scene.spec(flags);
  const world = await scene.world(wanted);
  const { spec, read } = recorded(wanted);
  try {
    const bound = bind(steps[id], spec);
    await converge({ steps: [bound], read: world, write: write ? world : undefined, on: () => undefined, commands: true, settleMs: 600 });
    for (const resource of steps[id].resources(spec)) await Promise.all([resource.needs?.(world), resource.content?.(world)]);
  } finally {
    await world.close();
  }
  if (id === "kv") scene.put("k8s/eks-prod/db", { username: planted.username, password: planted.password });
  return new Set([...read].flatMap(said));
}

const common = new Set<FieldName>([...targetFields, ...runFields]);

/** Where a login has no audience it is copied without one, and whoever copies it reads all of it. */
const copied: Partial<Record<StepId, readonly FieldName[]>> = { verify: ["tokenTtl", "tokenMaxTtl"] };

/** Those that no command takes that runs the step alone. */
const notTaken = (id: StepId, read: ReadonlySet<FieldName>): FieldName[] => {
  const taken = new Set([...common, ...fieldsOf({ steps: [id] }), ...(copied[id] ?? [])]);
  return [...read].filter((name) => !taken.has(name));
};

/** A step that reads a setting which its command does not take would do with it what nobody said on that command line. */
describe.each<[string, Flags]>([
  ["External Secrets", { audit: "stdout" }],
  ["kubernetes-external-secrets", { operator: "kes", operatorNamespace: "kes" }],
])("a step reads no setting that its command does not take: %s", (_, flags) => {
  test.each(order)("%s", async (id) => {
    expect(notTaken(id, await readBy(id, { timeout: "5s", ...flags }, true))).toEqual([]);
  });
});

describe.each<[string, Flags]>([
  ["of our own authority", {}],
  ["of cert-manager", { tlsIssuer: "internal" }],
])("nor with a certificate %s", (_, flags) => {
  test.each<StepId>(["install"])("%s", async (id) => {
    expect(notTaken(id, await readBy(id, { insecureNoTls: false, release: "other", ...flags }, false))).toEqual([]);
  });
});

test("what is read is seen", async () => {
  const settings = (await resolveSettings({ flags: { cluster: "eks-prod" }, env: {}, cwd: "/", noFile: true })).settings;
  const { spec, read } = recorded(specOf(settings));
  steps.role.resources(spec);
  expect([...new Set([...read].flatMap(saidBy(settings)))].sort()).toEqual(
    [
      "audience",
      "authMount",
      "boundNamespaces",
      "boundServiceAccounts",
      "operator",
      "rolePolicies",
      "roleName",
      "tokenMaxTtl",
      "tokenTtl",
    ].sort(),
  );
});
