import { setTimeout as delay } from "node:timers/promises";
import { milliseconds, isDuration } from "../../../core/duration.ts";
import { exitCodes, type ExitCode } from "../../../core/errors.ts";
import { failure, kinds } from "../../../errors.ts";
import { oneLine } from "../../../systems/printable.ts";
import type { ClusterStatus } from "../../../run/status/schema.ts";
import { sectionsOf } from "../../render/status-rows.ts";
import type { Call } from "../command.ts";

const defaultInterval = "5s";

/** What a watch does with each look. */
interface Watch {
  readonly look: () => Promise<readonly ClusterStatus[]>;
  readonly show: (clusters: readonly ClusterStatus[]) => void;
}

/** How often --watch looks, in milliseconds. @throws CliError VK1001 for what is no duration of at least half a second. */
export function intervalOf(every = defaultInterval): number {
  if (isDuration(every) && milliseconds(every) >= 500) return milliseconds(every);
  throw failure(kinds.usage, {
    what: `"${oneLine(every)}" cannot be used for --every`,
    why: "It is no duration of at least 500ms.",
    fix: "Write it as 5s or 1m.",
  });
}

/** Looks again and again until it is interrupted. Ends with 130, as `kubectl get --watch` does. */
export async function watch({ host }: Call, everyMs: number, { look, show }: Watch): Promise<ExitCode> {
  const { signal } = host;
  while (!signal.aborted) {
    const clusters = await look().catch((error: unknown) => {
      if (signal.aborted) return undefined;
      throw error;
    });
    if (clusters !== undefined && !signal.aborted) show(clusters);
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
  }
  return exitCodes.interrupted;
}

/** Draws each look over the one before: the screen is cleared from its top, so that nothing of it stays. */
export const redrawn =
  (out: (text: string) => void, text: (clusters: readonly ClusterStatus[]) => string) =>
  (clusters: readonly ClusterStatus[]): void =>
    out(`\u001b[H\u001b[2J${text(clusters)}\n${new Date().toISOString()}  Ctrl-C ends it\n`);

/** The first look as a whole, then a line for each thing that changed: for a file or a pipe. */
export function asLines(out: (text: string) => void, text: (clusters: readonly ClusterStatus[]) => string) {
  let before: ReadonlyMap<string, string> | undefined;
  return (clusters: readonly ClusterStatus[]): void => {
    const now = new Map(clusters.flatMap(facts));
    if (before === undefined) out(text(clusters));
    else for (const line of changes(before, now)) out(`${new Date().toISOString()} ${line}\n`);
    before = now;
  };
}

function changes(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  const keys = [...new Set([...before.keys(), ...now.keys()])];
  return keys.flatMap((key) => {
    const [was, is] = [before.get(key), now.get(key)];
    if (was === is) return [];
    return [`${key}: ${is === undefined ? "gone" : was === undefined ? is : `${was} -> ${is}`}`];
  });
}

/** What is said of each thing, without what changes with the clock alone. */
function facts(status: ClusterStatus): [string, string][] {
  const name = oneLine(status.cluster ?? "Vault");
  const rows = sectionsOf(withoutAges(status), true).flatMap(({ title, rows: all }) =>
    all.map((row): [string, string] => [
      `${name}, ${title}, ${oneLine(row.name)}`,
      row.cells
        .filter((cell) => cell !== "")
        .map(oneLine)
        .join(", "),
    ]),
  );
  const failed = status.failure;
  return failed === undefined ? rows : [[name, `${oneLine(failed.what)} (${failed.code})`], ...rows];
}

const withoutAges = (status: ClusterStatus): ClusterStatus => ({
  ...status,
  keptToken: status.keptToken && { ...status.keptToken, secondsLeft: undefined },
  reviewer: status.reviewer && { ...status.reviewer, ageSeconds: undefined },
  secrets: status.secrets.map((secret) => ({ ...secret, ageSeconds: secret.ageSeconds === undefined ? undefined : 0 })),
});
