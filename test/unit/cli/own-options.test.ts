import { expect, it } from "vitest";
import { command, type Run } from "../../../src/cli/commands/command.ts";
import type { OptionValues, OwnOptions } from "../../../src/cli/commands/own-options.ts";
import { commands } from "../../../src/cli/commands/table.ts";
import { program } from "../../../src/cli/program.ts";

/** What a handler is told of the options that are no settings. */
async function told(argv: readonly string[]): Promise<{ options: OptionValues<OwnOptions>; clusters: readonly string[] }> {
  let seen: Awaited<ReturnType<typeof told>> | undefined;
  await program(
    "0",
    () => undefined,
    (_command, { options, clusters }) => Promise.resolve(void (seen = { options, clusters })),
  ).parseAsync([...argv], { from: "user" });
  return seen!;
}

const own = commands.flatMap(({ name, arguments: args = [], options = [] }) =>
  (options as OwnOptions).map(
    (option) => [`${name} --${option.flag}`, { option, words: [...name.split(" "), ...args.map(() => "x")] }] as const,
  ),
);

it.each(own)("%s reaches its handler by its name in camel case", async (_, { option: { flag, value, repeatable }, words }) => {
  const typed = value === undefined ? [`--${flag}`] : [`--${flag}`, "one"];
  const key = flag.replace(/-(.)/g, (_dash, letter: string) => letter.toUpperCase());
  expect((await told([...words, ...typed])).options).toEqual({ [key]: value === undefined ? true : repeatable ? ["one"] : "one" });
});

it("no option is there that was not typed, and clusters are all that were", async () => {
  expect(await told(["status", "--cluster", "a", "--cluster", "b"])).toEqual({ options: {}, clusters: ["a", "b"] });
  expect(await told(["plan"])).toEqual({ options: {}, clusters: [] });
});

const options = [
  { flag: "keep-it", help: "" },
  { flag: "out", value: "FILE", help: "" },
  { flag: "add", value: "X", help: "", repeatable: true },
] as const;
const row = {
  name: "x",
  group: "Look and help",
  summary: "",
  steps: [],
  vault: "any",
  missingIs: 1,
} as const;

it("a handler takes the options of its row, by their types; a misspelt one does not compile", async () => {
  const run: Run<typeof options> = ({ options: given }) => {
    const [kept, file, more]: [true | undefined, string | undefined, readonly string[] | undefined] = [given.keepIt, given.out, given.add];
    // @ts-expect-error It is keepIt.
    const misspelt: unknown = given.kepIt;
    return Promise.resolve([kept, file, more, misspelt].every((each) => each === undefined) ? 0 : 1);
  };
  const loaded = command({ ...row, options, load: () => Promise.resolve({ run }) });
  // @ts-expect-error The row has no options, and the handler wants some.
  command({ ...row, load: () => Promise.resolve({ run }) });
  expect(loaded.options).toBe(options);
});
