import { setTimeout as delay } from "node:timers/promises";
import { openWorld, type World } from "../../run/world/open.ts";
import type { ClusterEvent } from "../../run/observer.ts";
import { runSteps } from "../../run/run-steps.ts";
import { CliError, exitCodes, type ExitCode } from "../../core/errors.ts";
import { oneLine } from "../../systems/printable.ts";
import type { Terminal } from "../render/terminal.ts";
import type { Call } from "./command.ts";
import type { ForCluster } from "./prepare.ts";
import { vaultUnsealed } from "../../vault/unseal/unsealed.ts";
import { watched, type Watched } from "../../vault/unseal/watched.ts";
import type { AppBoundStep } from "../../systems/step.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import { worldOptions } from "./world-options.ts";

const everyMs = 2_000;

interface Keeping {
  readonly cluster: string;
  readonly steps: readonly AppBoundStep[];
  readonly memory: Watched;
}

/**
 * Keeps every Vault pod unsealed until it is interrupted: a pod that comes back sealed, or empty, is unsealed with the keys from custody, which
 * are read each time. What fails is told once and tried again, but keys that a pod refused only once custody gives others; a pod to which people
 * give keys is left to them. Ends with 130, as `kubectl get --watch` does.
 */
export async function watchAndUnseal(call: Call, prepared: ForCluster): Promise<ExitCode> {
  const { spec, terminal } = prepared;
  const { signal } = call.host;
  const world = await openWorld(spec, worldOptions(call, prepared));
  const tell = telling(terminal, spec.run.quiet);
  const keeping = await keeps(call, prepared);
  try {
    tell.always(`Keeping Vault unsealed in ${world.vault.describe()}, until interrupted.`);
    while (!signal.aborted) {
      await once(call, keeping, world, tell);
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
    }
    return exitCodes.interrupted;
  } finally {
    await world.close();
  }
}

/** The command's step, with a memory. */
async function keeps({ command }: Call, { cluster, spec }: ForCluster): Promise<Keeping> {
  const memory = watched();
  const unsealed = vaultUnsealed(spec.run.timeoutMs, spec.vault.install, memory);
  return { cluster, memory, steps: (await boundSteps(command.steps, spec)).map((step) => ({ ...step, resources: [unsealed] })) };
}

interface Telling {
  readonly always: (line: string) => void;
  /** The same line is not repeated until another one came. */
  readonly changed: (line: string) => void;
}

async function once({ host }: Call, { cluster, steps, memory }: Keeping, world: World, tell: Telling): Promise<void> {
  try {
    await runSteps({ cluster, world, writes: true, steps, signal: host.signal, observer: (event) => report(event, memory, tell) });
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    if (!host.signal.aborted) tell.changed(error.words);
  }
}

function report(event: ClusterEvent, memory: Watched, { always, changed }: Telling): void {
  if (event.type === "progress") always(event.message);
  else if (event.type === "resource")
    changed(
      event.result === "unchanged"
        ? [...(memory.leftSome() ? [] : ["Every pod that answers is unsealed"]), event.note].filter(Boolean).join("; ")
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
