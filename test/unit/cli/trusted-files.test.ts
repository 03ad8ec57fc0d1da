import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { askTrust, trust } from "../../../src/cli/trusted-files.ts";
import type { Prompts } from "../../../src/cli/render/prompts.ts";
import type { Steered } from "../../../src/config/steering.ts";
import { kinds } from "../../../src/errors.ts";
import { failureOf, folder } from "../config/folder.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const helm: Steered = { key: "helm", raw: "./helm.sh" };
const file = (steered: readonly Steered[] = [helm], found = true): Parameters<typeof askTrust>[0] => ({
  file: { absolute: "/clone/vault-k8s.yaml", shown: "vault-k8s.yaml", found, steered },
});

async function asking({ tty = true, possible = true } = {}) {
  const state = await folder();
  const env = { XDG_STATE_HOME: state, LANG: "C.UTF-8" };
  const terminal = fakeTerminal({ tty, env });
  const asked: string[] = [];
  const prompts = { possible, confirm: async (question: string) => void asked.push(question) } as unknown as Prompts;
  return { state, terminal, asked, env, ask: (what: Parameters<typeof askTrust>[0]) => askTrust(what, { terminal, prompts, env }) };
}

it("is asked for once, shows just these settings, and is kept for its owner alone", async () => {
  const { ask, asked, terminal, state } = await asking();
  await ask(file());
  await ask(file());
  expect(asked).toHaveLength(1);
  expect(terminal.stderr()).toContain("helm: ./helm.sh");
  const kept = join(state, "vault-k8s/trusted");
  expect((await stat(kept)).mode & 0o777).toBe(0o600);
  expect(await readFile(kept, "utf8")).not.toContain("helm.sh");
});

it("is asked for again when such a setting changes, or for another file", async () => {
  const { ask, asked } = await asking();
  await ask(file());
  await ask(file([{ ...helm, raw: "./other.sh" }]));
  await ask({ file: { ...file().file!, absolute: "/elsewhere/vault-k8s.yaml" } });
  expect(asked).toHaveLength(3);
});

it.each([
  ["without a terminal", { tty: false }, file()],
  ["for a file that was named", {}, file([helm], false)],
  ["for a file that says nothing of the kind", {}, file([])],
  ["without a file", {}, {}],
])("is not asked for %s", async (_, how, what) => {
  const { ask, asked } = await asking(how);
  await ask(what);
  expect(asked).toEqual([]);
});

it("with --no-input at a terminal it is no silent yes", async () => {
  const { ask } = await asking({ possible: false });
  expect((await failureOf(ask(file()))).kind).toBe(kinds.notConfirmed);
});

it("a file that was written here is meant", async () => {
  const { ask, asked, env } = await asking();
  await trust("/clone/vault-k8s.yaml", [helm], env);
  await ask(file());
  expect(asked).toEqual([]);
});
