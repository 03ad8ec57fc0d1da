import path from "node:path";
import type { World } from "../../run/world/open.ts";
import type { Spec } from "../../config/spec.ts";
import type { Plain } from "../../core/compare.ts";
import { exitCodes } from "../../core/errors.ts";
import { redactorOf } from "../../systems/redaction.ts";
import { runSteps } from "../../run/run-steps.ts";
import { collector } from "../../run/collect.ts";
import { document } from "../../systems/document.ts";
import { visible } from "../../systems/printable.ts";
import { version } from "../../core/version.ts";
import type { Call, Run } from "./command.ts";
import type { supportBundleOptions } from "./own-options.ts";
import { shownSettings } from "./config-view.ts";
import { prepareForCluster, type ForCluster } from "./prepare.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import { serverVersions } from "../../run/status/server-versions.ts";
import { lookAtCluster } from "../../run/status/look.ts";
import { isKnown, type Fact } from "../../core/fact.ts";
import { Unknown } from "../../run/status/unknown.ts";
import { stepsFor } from "../../run/which-steps.ts";
import { clusterParts, type Part } from "../../run/support/cluster.ts";
import { knownSecrets } from "../../run/support/secrets.ts";
import { writeBundle } from "../../run/support/write.ts";
import { worldOptions } from "./world-options.ts";

/** Gathers what helps to find a fault, without secrets, into an archive or a folder, and lists what is in it. Sends nothing to anybody. */
export const run: Run<typeof supportBundleOptions> = async (call) => {
  const prepared = await prepareForCluster(call);
  const { openWorld } = await import("../../run/world/open.ts");
  const world = await openWorld(prepared.spec, worldOptions(call, prepared));
  const at = new Date();
  try {
    const parts = await world.look(() => gather(call, prepared, world));
    const target = path.resolve(
      call.host.cwd,
      call.options.out ?? `vault-k8s-support-${prepared.cluster}-${at.toISOString().replace(/[-:]|\.\d+/g, "")}.tar.gz`,
    );
    await writeBundle(target, parts, at);
    report(prepared, target, parts);
    return exitCodes.done;
  } finally {
    await world.close();
  }
};

/** Where what was set up is, besides Vault. */
const namespacesOf = ({ wiring, consumers }: Spec): string[] => [
  ...consumers.map(({ namespace }) => namespace),
  wiring.reviewer.namespace,
  ...consumers.map(({ applicationNamespace }) => applicationNamespace),
];

/** A file of what is known. */
const part = <T>(name: string, one: Fact<T>, text: (value: T) => string): Part[] => (isKnown(one) ? [{ name, text: text(one.value) }] : []);

async function gather(call: Call, prepared: ForCluster, world: World): Promise<Part[]> {
  const { spec, resolved } = prepared;
  const unknown = new Unknown();
  const namespaces = [...new Set([...(world.where.vaultIs === "cluster" ? [spec.vault.install.namespace] : []), ...namespacesOf(spec)])];
  const steps = await boundSteps(stepsFor(call.command.steps, spec), spec);
  const [secrets, status, planned, versions, inside] = await Promise.all([
    knownSecrets(world, spec.vault, call.host.env, namespaces, unknown),
    unknown.ask("status", () => lookAtCluster(world, spec, steps, true)),
    unknown.ask("plan", () => plan(call, prepared, world)),
    serverVersions(world, spec),
    clusterParts(world.kube, namespaces, unknown),
  ]);
  const parts: Part[] = [
    { name: "versions.json", text: document("Version", { version, node: process.versions.node, servers: versions }) },
    { name: "config.json", text: document("Config", { clusters: resolved.clusters, settings: shownSettings(resolved) }) },
    ...part("status.json", status, (seen) =>
      document("Status", { at: new Date().toISOString(), clusters: [seen], exitCode: seen.ok ? 0 : 2 }),
    ),
    ...part("plan.json", planned, (text) => text),
    ...inside,
    { name: "missing.json", text: `${JSON.stringify(unknown.all(), undefined, 2)}\n` },
  ];
  const redact = redactorOf(secrets);
  return parts.map(({ name, text }) => ({
    name,
    text: name.endsWith(".json") ? json(redact.value(JSON.parse(text) as Plain)) : redact.text(visible(text)),
  }));
}

const json = (value: Plain): string => `${JSON.stringify(value, undefined, 2)}\n`;

async function plan({ command }: Call, { cluster, spec }: ForCluster, world: World): Promise<string> {
  const gathered = collector(command.name);
  const steps = await boundSteps(stepsFor(command.steps, spec), spec);
  await runSteps({ cluster, world, steps, observer: gathered.event });
  return document("Plan", gathered.plan({ exitCode: exitCodes.done, notices: [] }));
}

function report({ terminal, spec }: ForCluster, target: string, parts: readonly Part[]): void {
  const files = parts.map(({ name, text }) => ({ name, bytes: Buffer.byteLength(text) }));
  if (spec.run.output === "json") return terminal.out(document("SupportBundle", { file: target, files }));
  for (const { name, bytes } of files) terminal.out(`${String(bytes).padStart(9)}  ${name}\n`);
  terminal.out(`${target}\n`);
  terminal.err(
    "Secrets were taken out as far as they are known or look like one. Look through it before you give it away; nothing was sent.\n",
  );
}
