import { expect, it } from "vitest";
import { converse, key } from "./conversation.ts";

const left = async (script: string): Promise<readonly unknown[]> => {
  const { exitCode, unrestored } = await converse(["sh", "-c", script], [], { cwd: "/", env: { PATH: process.env["PATH"] ?? "" } });
  return [exitCode, unrestored];
};

it.each([
  ["its modes", "stty -echo", ["modes"]],
  ["its cursor", "printf '\\033[?25h\\033[?25l\\n'", ["cursor"]],
  ["its screen", "printf '\\033[?1049h\\n'", ["screen"]],
  ["its line", "printf 'half'", ["line"]],
])("a terminal that a command leaves otherwise is known by %s", async (_, script, expected) => {
  expect(await left(`${script}; exit 3`)).toEqual([3, expected]);
});

it("a terminal that was changed and put back is as it was", async () => {
  expect(
    await left("modes=$(stty -g); stty raw; stty $modes; printf '\\033[?25l\\033[?1049h'; printf '\\033[?1049l\\033[?25h\\n'"),
  ).toEqual([0, []]);
});

it("Ctrl-C reaches the command", async () => {
  const options = { cwd: "/", env: { PATH: process.env["PATH"] ?? "" } };
  const { exitCode } = await converse(["sh", "-c", "trap 'exit 42' INT; echo ready; read line"], [["ready", key.interrupt]], options);
  expect(exitCode).toBe(42);
});
