import path from "node:path";
import { existing } from "../../keys/former.ts";
import { keyFiles } from "../../keys/place.ts";
import type { Writers } from "../../systems/world.ts";
import type { KeysSpec } from "../../config/spec/keys.ts";
import type { VaultSpec } from "../../config/spec/vault.ts";
import type { Spec } from "../../config/spec.ts";
import { shellText } from "../../core/shell-text.ts";
import { word } from "../../core/shell.ts";
import { script, type Script, type ScriptPart } from "./script.ts";
import { shellParts } from "./shell-parts.ts";
import { keys, vaultParts, type ScriptKeys } from "./vault-parts.ts";

/** A script whose parts are known when the world is. */
export interface RunScript extends Script {
  reach(world: Writers): Promise<void>;
}

/** The script of a run: how Vault, the clusters and the keys are reached, in a shell, as the run reaches them. */
export function scriptOf(command: string, spec: Spec): RunScript {
  const parts: Record<string, ScriptPart> = shellParts();
  return {
    ...script(head(`${command} --cluster ${spec.cluster ?? ""}`, spec), parts),
    reach: async (world) => void Object.assign(parts, { keys: keys(await keysOf(spec.vault, world)), ...vaultParts(spec.vault, world) }),
  };
}

const head = (title: string, { kubernetes, vault }: Spec): string =>
  [
    "#!/bin/sh",
    `# What vault-k8s ${title} does, by hand: with kubectl, helm and vault.`,
    "set -eu",
    "umask 077",
    shellText("script/own-environment.sh", {
      names: vault.address === undefined && vault.nodes.length === 0 ? [...never, ...atAddress] : never,
      helm: helmElsewhere,
    }),
    ...Object.entries({ KUBECONFIG: kubernetes.kubeconfig, VAULT_CACERT: vault.caCert, VAULT_NAMESPACE: vault.namespace }).flatMap(
      ([name, value]) => (value === undefined ? [] : [`export ${name}=${word(value)}`]),
    ),
  ].join("\n");

/** Variables that change what the vault command prints, and those that this script sets where they count. */
const never = [
  "FORMAT",
  "DETAILED",
  "WRAP_TTL",
  "MFA",
  "HEADERS",
  "LOG_LEVEL",
  "AGENT_ADDR",
  "SRV_LOOKUP",
  "SKIP_VERIFY",
  "CACERT",
  "NAMESPACE",
];
/** Where helm would look instead of at --kube-context: https://helm.sh/docs/helm/helm/ */
const helmElsewhere = [
  ...["APISERVER", "ASGROUPS", "ASUSER", "CAFILE", "CONTEXT", "INSECURE_SKIP_TLS_VERIFY", "TLS_SERVER_NAME", "TOKEN"].map(
    (name) => `KUBE${name}`,
  ),
  "NAMESPACE",
  "DRIVER",
];
/** Those that lead to a Vault at an address. */
const atAddress = ["ADDR", "CACERT_BYTES", "CAPATH", "CLIENT_CERT", "CLIENT_KEY", "TLS_SERVER_NAME", "PROXY_ADDR", "HTTP_PROXY"];

/** A shell keeps the answer of init as it is, in a file. */
async function keysOf({ install, keys: wanted }: VaultSpec, { keys: custody, vaultKube }: Writers): Promise<ScriptKeys> {
  await custody.read().catch(() => undefined);
  const title = custody.describe();
  if (!path.isAbsolute(title) || goElsewhere(wanted)) return { files: undefined, title, origin: {} };
  const known = vaultKube && {
    kubeSystemUid: await vaultKube.clusterUid(),
    namespace: install.namespace,
    release: install.release,
    context: vaultKube.context,
  };
  const files = keyFiles(title);
  const [token, origin] = await Promise.all([existing(files, "token"), existing(files, "origin")]);
  return { files: { keys: title, token, origin }, title, origin: { ...known, keptIn: [title] } };
}

const goElsewhere = ({ age, command, kubernetesSecret, stdout, holders }: KeysSpec): boolean =>
  stdout || age.recipients.length + holders.length > 0 || command !== undefined || kubernetesSecret !== undefined;
