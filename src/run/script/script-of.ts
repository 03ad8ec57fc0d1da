import path from "node:path";
import type { Writers } from "../../systems/world.ts";
import type { Settings } from "../../config/fields.ts";
import { word } from "../../core/shell.ts";
import { script, type Script, type ScriptPart } from "./script.ts";
import { ask, sha256, within, work } from "./shell-parts.ts";
import { keys, vaultParts, type ScriptKeys } from "./vault-parts.ts";

/** A script whose parts are known when the world is. */
export interface RunScript extends Script {
  reach(world: Writers): Promise<void>;
}

/** The script of a run: how Vault, the clusters and the keys are reached, in a shell, as the run reaches them. */
export function scriptOf(command: string, settings: Settings): RunScript {
  const parts: Record<string, ScriptPart> = { within, work, sha256, ask };
  return {
    ...script(head(`${command} --cluster ${settings.cluster ?? ""}`, settings), parts),
    reach: async (world) => void Object.assign(parts, { keys: keys(await keysOf(settings, world)), ...vaultParts(settings, world) }),
  };
}

const head = (title: string, { kubeconfig, caCert, vaultNamespace }: Settings): string =>
  [
    "#!/bin/sh",
    `# What vault-k8s ${title} does, by hand: with kubectl, helm and vault.`,
    "set -eu",
    "umask 077",
    ...Object.entries({ KUBECONFIG: kubeconfig, VAULT_CACERT: caCert, VAULT_NAMESPACE: vaultNamespace }).flatMap(([name, value]) =>
      value === undefined ? [] : [`export ${name}=${word(value)}`],
    ),
  ].join("\n");

/** A shell keeps the answer of init as it is, in a file. */
async function keysOf(settings: Settings, { keys: custody, vaultKube }: Writers): Promise<ScriptKeys> {
  await custody.read().catch(() => undefined);
  const title = custody.describe();
  if (!path.isAbsolute(title) || goElsewhere(settings)) return { file: undefined, title, origin: {} };
  const known = vaultKube && {
    kubeSystemUid: await vaultKube.clusterUid(),
    namespace: settings.installNamespace,
    context: vaultKube.context,
  };
  return { file: title, title, origin: { ...known, keptIn: [title] } };
}

const goElsewhere = ({ keysAgeRecipients, keysCommand, keysKubernetesSecret, keysStdout, keysHolders }: Settings): boolean =>
  keysStdout || keysAgeRecipients.length + keysHolders.length > 0 || keysCommand !== undefined || keysKubernetesSecret !== undefined;
