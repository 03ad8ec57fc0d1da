import { execa } from "execa";

const globals = { kubectl: ["options"], helm: ["--help"] } as const;

/** The flags that a program's own help lists for a subcommand, with their dashes; for "" those that every subcommand takes. */
export async function helpFlags(name: "kubectl" | "vault" | "helm", program: string, subcommand: string): Promise<readonly string[]> {
  if (subcommand === "" && name === "vault") return [];
  const args = subcommand === "" ? globals[name as "helm"] : [...subcommand.split(" "), "-h"];
  const { stdout, stderr } = await execa(program, args, { env: { HOME: "/nonexistent" }, reject: false });
  const found = `${stdout}\n${stderr}`.matchAll(/^ {2,6}(?:(-\w), )?(--?[a-z][\w-]*)/gm);
  return [...new Set([...found].flatMap(([, short, long]) => [short, long]).filter((flag) => flag !== undefined))].sort();
}
