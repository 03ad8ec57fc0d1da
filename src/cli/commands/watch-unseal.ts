import { setTimeout as delay } from "node:timers/promises";
import { openWorld, type World } from "../../run/world/open.ts";
import { converge, type RunEvent } from "../../core/converge.ts";
import { CliError, exitCodes, type ExitCode } from "../../core/errors.ts";
import { oneLine } from "../../systems/printable.ts";
import type { Terminal } from "../render/terminal.ts";
import type { Call } from "./command.ts";
import type { ForCluster } from "./prepare.ts";
import { boundSteps } from "./run-steps.ts";
import { worldOptions } from "./world-options.ts";

const everyMs = 2_000;

/**
 * Keeps every Vault pod unsealed until it is interrupted: a pod that comes back sealed, or empty, is unsealed with the keys from custody, which
 * are read each time. What fails is told once and tried again. Ends with 130, as `kubectl get --watch` does.
 */
export async function watchAndUnseal(call: Call, prepared: ForCluster): Promise<ExitCode> {
  const { spec, terminal } = prepared;
  const { signal } = call.host;
  const world = await openWorld(spec, worldOptions(call, prepared));
  const tell = telling(terminal, spec.run.quiet);
  try {
    tell.always(`Keeping Vault unsealed in ${world.vault.describe()}, until interrupted.`);
    while (!signal.aborted) {
      await once(call, prepared, world, tell);
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
    }
    return exitCodes.interrupted;
  } finally {
    await world.close();
  }
}

interface Telling {
  readonly always: (line: string) => void;
  /** The same line is not repeated until another one came. */
  readonly changed: (line: string) => void;
}

async function once({ command, host }: Call, { spec }: ForCluster, world: World, tell: Telling): Promise<void> {
  try {
    const steps = await boundSteps(command.steps, spec);
    await converge({ steps, read: world, write: world, signal: host.signal, on: (event) => report(event, tell) });
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    if (!host.signal.aborted) tell.changed([error.message, error.why].filter(Boolean).join(": "));
  }
}

function report(event: RunEvent, { always, changed }: Telling): void {
  if (event.type === "progress") always(event.message);
  else if (event.type === "resource")
    changed(
      event.result === "unchanged"
        ? `Every pod that answers is unsealed${event.note === undefined ? "" : `; ${event.note}`}`
        : `Vault is unsealed again: ${event.changes.map(({ field }) => field).join(", ")}`,
    );
}

function telling({ err, symbols }: Terminal, quiet: boolean): Telling {
  let last = "";
  const always = (line: string): void => {
    if (!quiet) err(`${new Date().toISOString()} ${symbols.waiting} ${oneLine(line)}\n`);
  };
  return {
    always,
    changed: (line) => {
      if (line !== last) always(line);
      last = line;
    },
  };
}
