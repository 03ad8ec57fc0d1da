import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import type { Command } from "../../../src/cli/commands/command.ts";
import { commands } from "../../../src/cli/commands/table.ts";
import { program } from "../../../src/cli/program.ts";
import { misuse } from "../../../src/cli/render/misuse.ts";
import type { Field } from "../../../src/config/field.ts";
import type { FieldName } from "../../../src/config/fields.ts";
import { fieldNames, table } from "../../../src/config/keys.ts";
import type { Flags } from "../../../src/config/sources.ts";

async function flagsOf({ name, arguments: args = [] }: Command, typed: readonly string[]): Promise<Flags> {
  let seen: Flags = {};
  const tree = program(
    "0",
    () => undefined,
    (_command, { flags }) => Promise.resolve(void (seen = flags)),
  );
  await tree.parseAsync([...name.split(" "), ...args.map(() => "x"), ...typed], { from: "user" });
  return seen;
}

/** A setting as it is typed, and what is heard of it. */
function typed(name: FieldName): readonly [readonly string[], unknown] {
  const { flag, type, key, default: preset }: Field = table[name];
  if (type !== "boolean") return [[`--${flag}`, "one"], type === "list" || type === "pathList" ? ["one"] : "one"];
  return key !== undefined && preset === true ? [[`--no-${flag}`], false] : [[`--${flag}`], true];
}

const ofARun = commands.filter(({ local }) => local !== true);

describe("one set of flags serves every command", () => {
  it.each(ofARun.map((command) => [command.name, command] as const))("%s takes every setting", async (_, command) => {
    const all = fieldNames.map((name) => [name, ...typed(name)] as const);
    expect(
      await flagsOf(
        command,
        all.flatMap(([, words]) => words),
      ),
    ).toEqual(Object.fromEntries(all.map(([name, , heard]) => [name, heard])));
  });

  it("switches are taken both ways", async () => {
    for (const command of ofARun) {
      expect(await flagsOf(command, ["--no-ui", "--anti-affinity"])).toEqual({ ui: false, antiAffinity: true });
    }
  });
});

async function refused(words: readonly string[]): Promise<ReturnType<typeof misuse>> {
  const tree = program(
    "0",
    () => undefined,
    () => Promise.resolve(),
  );
  const error: unknown = await tree.parseAsync([...words], { from: "user" }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CommanderError);
  return misuse(error as CommanderError, words);
}

describe("an option of one command", () => {
  const owned = ofARun.flatMap(({ name, options = [] }) => options.map(({ flag }) => [name, flag] as const));

  it.each(owned)("%s --%s is refused elsewhere, with the command that takes it", async (owner, flag) => {
    const others = ofARun.filter(({ options = [] }) => !options.some((option) => option.flag === flag));
    for (const { name, arguments: args = [] } of others) {
      const { message, why } = await refused([...name.split(" "), ...args.map(() => "x"), `--${flag}`]);
      expect(message).toContain(`'--${flag}'`);
      expect(why, `${name} --${flag}`).toContain(owner);
    }
  });

  it("is never the word that was meant by itself", async () => {
    for (const flag of [...fieldNames.map((name) => table[name].flag), "confirm", "fix"])
      expect((await refused(["completion", "bash", `--${flag}x`])).why ?? "").not.toContain(`--${flag}x?`);
  });
});
