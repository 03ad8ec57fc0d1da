import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { CliError } from "../../../src/core/errors.ts";
import { resolveSettings, type Resolved } from "../../../src/config/resolve.ts";
import { type Flags } from "../../../src/config/sources.ts";

/** A folder of its own for one test. */
export async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "vault-k8s-config-"));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

export interface Given {
  readonly yaml?: string | Uint8Array;
  readonly flags?: Flags;
  readonly env?: Readonly<Record<string, string>>;
}

/** Settings in a folder that holds the given vault-k8s.yaml. */
export async function resolved({ yaml, flags = {}, env = {} }: Given): Promise<Resolved & { cwd: string }> {
  const cwd = await folder();
  if (yaml !== undefined) await writeFile(join(cwd, "vault-k8s.yaml"), yaml);
  return { ...(await resolveSettings({ flags, env, cwd })), cwd };
}

/** The failure that `act` ends with. */
export async function failureOf(act: Promise<unknown>): Promise<CliError> {
  const error = await act.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  if (error instanceof CliError) return error;
  throw error;
}

/** All that a person reads of a failure. */
export const words = ({ message, why = "", fix = "" }: CliError): string => [message, why, fix].join("\n");
