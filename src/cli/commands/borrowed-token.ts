import { spawn } from "node:child_process";
import { constants } from "node:os";
import { failure, kinds } from "../../errors.ts";
import type { Lent } from "../../run/world/lend.ts";
import { isOurs } from "../../systems/kube/exec-plugin.ts";
import type { Environment } from "../../config/environment.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Our environment without any VAULT_* and BAO_*, then address, CA and token in both spellings, and what else leads to that Vault: the one place where a secret stands in the
 * environment of a child, docs/security.md.
 */
export function environmentFor(
  env: Environment,
  { address, caFile, serverName, variables = {} }: Omit<Lent, "close">,
  token: string,
): Record<string, string> {
  const kept = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && !isOurs(entry[0]));
  const given = { ADDR: address, CACERT: caFile, TLS_SERVER_NAME: serverName, TOKEN: token };
  const both = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : ["VAULT", "BAO"].map((product) => [`${product}_${name}`, value] as const),
  );
  return { ...Object.fromEntries([...kept, ...both]), ...variables };
}

/**
 * Runs a command to its end, with our terminal as its own. Signals are passed on, but for Ctrl-C at a terminal, which reaches it anyway.
 * @returns its exit code; 128 and the signal's number where it was ended by one. Throws VK1001 where it cannot be started.
 */
export function runToItsEnd(
  [program = "", ...args]: readonly string[],
  { env, cwd, terminal }: { readonly env: Readonly<Record<string, string>>; readonly cwd: string; readonly terminal: boolean },
): Promise<number> {
  const child = spawn(program, args, { stdio: "inherit", env, cwd });
  const pass = (signal: NodeJS.Signals): void => {
    if (!terminal || signal !== "SIGINT") child.kill(signal);
  };
  for (const signal of signals) process.on(signal, pass);
  return new Promise<number>((resolve, reject) => {
    child.once("error", ({ code }: NodeJS.ErrnoException) => reject(notStarted(program, code)));
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  }).finally(() => {
    for (const signal of signals) process.off(signal, pass);
  });
}

const notStarted = (program: string, code: string | undefined) =>
  failure(kinds.usage, {
    what: `${program} cannot be started`,
    why: code === "ENOENT" ? "There is no such program in PATH." : `It ends with ${code ?? "an error"}.`,
    fix: "Correct what stands behind --, for instance: -- vault auth enable oidc",
  });
