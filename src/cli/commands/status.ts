import pLimit from "p-limit";
import { exitCodes, CliError, type ExitCode } from "../../core/errors.ts";
import { askingTheAddress } from "../../config/spec.ts";
import { kinds } from "../../errors.ts";
import { document, documentLine } from "../../systems/document.ts";
import type { ClusterStatus } from "../../run/status/schema.ts";
import { statusText } from "../render/status-text.ts";
import type { Call, CallWith, Run } from "./command.ts";
import type { statusOptions } from "./own-options.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import { inWords, lookAtAddress, lookAtCluster } from "../../run/status/look.ts";
import { failed } from "../../run/status/verdict.ts";
import { prepareSubject, whichClusters, type Subject } from "./status/which-clusters.ts";
import { stepsFor } from "../../run/which-steps.ts";
import { SharedLook } from "../../systems/asked-once/shared.ts";
import { worldOptions } from "./world-options.ts";

/** Shows what can be seen of Vault, and of each cluster that it serves. */
export const run: Run<typeof statusOptions> = async (call) => {
  const prepared = await prepare(call);
  const subjects = await whichClusters(call, prepared);
  const { spec, terminal } = prepared;
  const { html } = call.options;
  const text = (clusters: readonly ClusterStatus[]): string =>
    spec.run.output === "json"
      ? document("Status", statusContent(clusters))
      : statusText(clusters, { ...terminal, wide: spec.run.output === "wide" });
  const page = async (clusters: readonly ClusterStatus[]): Promise<void> => {
    if (html !== undefined) await (await import("./status/html-file.ts")).writeHtml(call, html, clusters);
  };
  if (call.options.watch === true) return await watching(call, prepared, subjects, { text, page });
  const clusters = await lookAtAll(call, subjects, subjects.length > 1);
  await page(clusters);
  terminal.out(text(clusters));
  return exitOf(clusters);
};

interface Shown {
  readonly text: (clusters: readonly ClusterStatus[]) => string;
  readonly page: (clusters: readonly ClusterStatus[]) => Promise<void>;
}

async function watching(
  call: CallWith<typeof statusOptions>,
  { spec, terminal }: Prepared,
  subjects: readonly Subject[],
  { text, page }: Shown,
): Promise<ExitCode> {
  const { asLines, intervalOf, redrawn, watch } = await import("./status/watch.ts");
  const look = async (): Promise<ClusterStatus[]> => {
    const clusters = await lookAtAll(call, subjects, true);
    await page(clusters);
    return clusters;
  };
  const show =
    spec.run.output === "json"
      ? (clusters: readonly ClusterStatus[]) => terminal.out(documentLine("Status", statusContent(clusters)))
      : terminal.redraws
        ? redrawn(terminal.out, text)
        : asLines(terminal.out, text);
  return await watch(call, intervalOf(call.options.every), { look, show });
}

/** Clusters that are looked at at once: each has connections and answers of its own. */
const atOnce = 8;

/** @param tolerant Whether a cluster that cannot be asked is shown as such; it must not hide the others. */
export const lookAtAll = (
  call: Call,
  subjects: readonly Subject[],
  tolerant: boolean,
  sharedLook = new SharedLook(),
): Promise<ClusterStatus[]> => pLimit(atOnce).map(subjects, (subject) => lookAt(call, subject, { tolerant, sharedLook }));

/** What the document of -o json holds. */
export const statusContent = (clusters: readonly ClusterStatus[]) => ({
  at: new Date().toISOString(),
  clusters,
  exitCode: exitOf(clusters),
});

const exitOf = (clusters: readonly ClusterStatus[]): ExitCode => (clusters.every(({ ok }) => ok) ? exitCodes.done : exitCodes.differences);

interface How {
  readonly tolerant: boolean;
  /** What Vault tells all of them the same is asked once. */
  readonly sharedLook: SharedLook;
}

async function lookAt(call: Call, subject: Subject, how: How): Promise<ClusterStatus> {
  try {
    const prepared = await prepareSubject(call, subject);
    return subject.cluster === undefined ? await address(call, prepared) : await cluster(call, prepared, how);
  } catch (error) {
    if (!how.tolerant || !(error instanceof CliError) || error.kind === kinds.interrupted) throw error;
    return failed(subject.cluster, inWords(error));
  }
}

async function address(call: Call, prepared: Prepared): Promise<ClusterStatus> {
  const { openNodes } = await import("../../run/world/open-nodes.ts");
  const opened = await openNodes(prepared.spec.vault, worldOptions(call, prepared));
  try {
    return await lookAtAddress(opened);
  } finally {
    opened.close();
  }
}

async function cluster(call: Call, prepared: Prepared, { tolerant, sharedLook }: How): Promise<ClusterStatus> {
  const { openWorld } = await import("../../run/world/open.ts");
  const { spec } = prepared;
  const world = await openWorld(askingTheAddress(spec), { ...worldOptions(call, prepared), sharedLook });
  try {
    const steps = await boundSteps(stepsFor(call.command.steps, spec), spec);
    return await lookAtCluster(world, spec, steps, tolerant);
  } finally {
    await world.close();
  }
}
