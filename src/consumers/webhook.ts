import type { Say } from "../core/resource.ts";
import { untilSettled } from "../core/settle.ts";
import { CliError } from "../core/errors.ts";
import { failure, kinds } from "../errors.ts";
import type { KubeObject, Readers, Writers } from "../systems/world.ts";
import type { Consumer } from "./consumer.ts";
import type { ConsumerObjects } from "./consumer-objects.ts";
import { versionServed } from "./facts/served.ts";

/**
 * A deployment that is ready may have a webhook that does not serve yet: its certificate is made and handed around later. A
 * dry run of a store goes through it and stores nothing.
 */
export async function waitForWebhook(write: Writers, { objects, install }: Consumer, withinMs: number, say: Say): Promise<void> {
  const { webhookProbe } = install;
  if (webhookProbe === undefined) return;
  say("waiting until the operator's webhook serves");
  const dryRun = async (): Promise<void> => write.kube.dryRun(await inServedVersion(write, webhookProbe, objects));
  const ask = (): Promise<CliError | undefined> => dryRun().then(() => undefined, refusal);
  const error = await untilSettled(ask, (answer) => answer === undefined, { withinMs });
  if (error !== undefined)
    throw failure(kinds.webhookNotServing, {
      what: "The operator's webhook does not serve",
      why: error.why ?? error.message,
      fix: "Look at the pods of the operator's webhook and cert-controller; on private clusters the API server must reach port 10250 of the nodes.",
    });
}

function refusal(error: unknown): CliError {
  if (error instanceof CliError && (error.kind === kinds.webhookNotServing || error.kind === kinds.notServed)) return error;
  throw error;
}

const inServedVersion = async (read: Readers, probe: KubeObject, objects: ConsumerObjects | undefined): Promise<KubeObject> =>
  objects === undefined ? probe : { ...probe, apiVersion: await versionServed(read, objects) };
