import type { Preflight } from "../../run/preflight/preflight.ts";
import { kubeLines, vaultLine } from "../../run/preflight/lines.ts";
import { document } from "../../systems/document.ts";
import { oneLine, printable } from "../../systems/printable.ts";
import type { Terminal } from "./terminal.ts";
import { wrap } from "./wrap.ts";
import { kubectlIn } from "../../systems/kubectl.ts";

/** A preflight with what it is about. */
export interface ShownPreflight {
  readonly cluster: string;
  readonly context: string;
  readonly vault: string;
  readonly found: Preflight;
}

/** Everything that is missing, and what grants it, ready to be handed to whoever may. For standard output. */
export function preflightText({ cluster, context, vault, found }: ShownPreflight, { chalkOut: chalk, symbols, columns }: Terminal): string {
  const part = (mark: string, text: string, lead = "  "): string => `${mark} ${wrap(oneLine(text), lead, columns).trimStart()}`;
  const bad = [
    ...kubeLines(found.kube).map((text) => part(chalk.red(symbols.failed), text)),
    ...found.vault.map((lack) => part(chalk.red(symbols.failed), vaultLine(lack))),
    ...found.shortages.flatMap(({ what, fix }) => [part(chalk.red(symbols.failed), what), wrap(printable(fix), "  ", columns)]),
  ];
  return [
    `Cluster  ${oneLine(cluster)}, context ${oneLine(context)}`,
    `Vault    ${oneLine(vault)}`,
    "",
    ...found.there.map((line) => part(chalk.green(symbols.done), line)),
    ...found.open.map((line) => part(symbols.waiting, `not known yet: ${line}`)),
    ...found.unproven.map((line) => part(symbols.waiting, `not proven yet: ${line}`)),
    ...(bad.length === 0
      ? [`${chalk.green(symbols.done)} Nothing is missing.`]
      : ["", chalk.bold(bad.length === 1 ? "This is missing:" : "These are missing:"), ...bad]),
    ...found.manifests.flatMap((one) => [
      "",
      chalk.bold(`What grants it in Kubernetes, for ${kubectlIn(oneLine(one.context))} apply -f -`),
      printable(one.yaml).trimEnd(),
    ]),
    ...(found.policy === ""
      ? []
      : ["", chalk.bold("What grants it in Vault, for vault policy write NAME -"), printable(found.policy).trimEnd()]),
    "",
  ].join("\n");
}

/** A document of kind Preflight. */
export function preflightDocument({
  found: { kube, vault, shortages, there, open, unproven, manifests, policy, exit },
  ...about
}: ShownPreflight): string {
  const rights = kube.map(({ steps, context, need: { system: _system, cluster: _cluster, instead: _instead, ...need } }) => ({
    ...need,
    context,
    steps,
  }));
  return document("Preflight", {
    ...about,
    vaultAt: about.vault,
    vault: undefined,
    missing: { kubernetes: rights, vault, other: shortages },
    there,
    unknown: open,
    unproven,
    grants: { kubernetes: manifests, vault: policy },
    exitCode: exit,
  });
}
