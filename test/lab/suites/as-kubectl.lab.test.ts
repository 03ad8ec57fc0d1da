import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { standing, type Standing } from "../../fakes/kubeconfig/standing.ts";
import { helpFlags } from "../testing/help-flags.ts";
import flags from "../../unit/printed/flags.json" with { type: "json" };
import { generated, ofTable } from "../../unit/systems/tables/generated.ts";
import { inputs, type Input } from "../../unit/systems/tables/kubeconfigs.ts";
import kubectl from "../../unit/systems/tables/kubectl.json" with { type: "json" };
import { componentFolder } from "../build/index.ts";

// The table that we are held against (test/unit/fuzz/as-kubectl.test.ts) says what the real kubectl makes of each kubeconfig, without any cluster.
const chanceTable = join(import.meta.dirname, "../../unit/systems/tables/kubectl-generated.json");
let server: Standing;
beforeAll(async () => {
  server = await standing();
});
afterAll(() => server.close());

const program = join(componentFolder("kubernetes"), "kubectl");

async function answersTo(all: Readonly<Record<string, Input>>): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const [name, input] of Object.entries(all)) answers[name] = await server.kubectl(program, input);
  return answers;
}

it("the real kubectl reads each kubeconfig as the table has it", async () => {
  expect(await answersTo(inputs(server.place))).toEqual(kubectl);
});

it("the real kubectl reads those that were put together by chance as their table has it; UPDATE_GOLDENS=1 writes it anew", async () => {
  const answers = await answersTo(generated(server.place, ofTable));
  if (process.env["UPDATE_GOLDENS"] === "1") await writeFile(chanceTable, `${JSON.stringify(answers, null, 2)}\n`);
  expect(answers).toEqual(JSON.parse(await readFile(chanceTable, "utf8")));
});

// What we print as kubectl's, vault's and helm's is held against this table (test/unit/printed).
it.each([
  ["kubectl", "kubernetes"],
  ["vault", "vault"],
  ["helm", "helm4"],
] as const)("the real %s has the flags of the table", async (name, component) => {
  const folder = componentFolder(component);
  const table: Readonly<Record<string, readonly string[]>> = flags[name];
  const asked = await Promise.all(
    Object.keys(table).map(async (subcommand) => [subcommand, await helpFlags(name, join(folder, name), subcommand)]),
  );
  expect(Object.fromEntries(asked)).toEqual(table);
});
