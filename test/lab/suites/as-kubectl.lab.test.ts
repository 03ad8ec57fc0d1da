import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { standing, type Standing } from "../../fakes/kubeconfig/standing.ts";
import { helpFlags } from "../testing/help-flags.ts";
import flags from "../../unit/printed/flags.json" with { type: "json" };
import { inputs } from "../../unit/systems/tables/kubeconfigs.ts";
import kubectl from "../../unit/systems/tables/kubectl.json" with { type: "json" };
import { componentFolder } from "../build/index.ts";

// The table that we are held against (test/unit/fuzz/as-kubectl.test.ts) says what the real kubectl makes of each kubeconfig, without any cluster.
let server: Standing;
beforeAll(async () => {
  server = await standing();
});
afterAll(() => server.close());

it("the real kubectl reads each kubeconfig as the table has it", async () => {
  const program = join(componentFolder("kubernetes"), "kubectl");
  const answers: Record<string, string> = {};
  for (const [name, input] of Object.entries(inputs(server.place))) answers[name] = await server.kubectl(program, input);
  expect(answers).toEqual(kubectl);
});

// What we print as kubectl's, vault's and helm's is held against this table (test/unit/printed).
it.each([
  ["kubectl", "kubernetes"],
  ["vault", "vault"],
  ["helm", "helm4"],
] as const)("the real %s has the flags of the table", async (name, component) => {
  const program = join(componentFolder(component), name);
  const table: Readonly<Record<string, readonly string[]>> = flags[name];
  const asked = await Promise.all(Object.keys(table).map(async (subcommand) => [subcommand, await helpFlags(name, program, subcommand)]));
  expect(Object.fromEntries(asked)).toEqual(table);
});
