import type { Origin } from "../../keys/origin.ts";
import type { Writers } from "../../systems/world.ts";
import type { VaultSpec } from "../../config/spec/vault.ts";
import { word } from "../../core/shell.ts";
import { shellText } from "../../core/shell-text.ts";
import { vaultSelector } from "../../systems/vault-pods.ts";
import type { ScriptPart } from "./script.ts";
import { kubectlIn } from "../../systems/kubectl.ts";

/** Where the keys of a run go, as far as a shell can put them there. */
export interface ScriptKeys {
  /** The key file, and what stands beside it; undefined where the keys go elsewhere, or not as they are. */
  readonly files: { readonly keys: string; readonly token: string; readonly origin: string } | undefined;
  /** For people. */
  readonly title: string;
  /** What is known of the keys beside them. */
  readonly origin: Origin;
}

/** Vault writes its answers as JSON with a field or an item of a list in each line. */
export const keys = ({ files, title, origin }: ScriptKeys): ScriptPart => ({
  lines: files === undefined ? keysElsewhere(title) : `${shellText("script/keys.sh", { file: files.keys })}\n\n${tokens(files, origin)}`,
});

const tokens = ({ token, origin: file }: NonNullable<ScriptKeys["files"]>, origin: Origin): string =>
  shellText("script/tokens.sh", {
    token,
    origin: file,
    document: {
      code: document({ ...origin, vaultClusterId: "CLUSTER_ID" }).replace('"CLUSTER_ID"', '"$(cluster_id)"$(fresh_engines)'),
    },
  });

/** JSON in a document of a shell that is expanded. */
const document = (value: object): string => JSON.stringify(value, undefined, 2).replaceAll(/[\\$`]/g, "\\$&");

const keysElsewhere = (title: string): string =>
  shellText("script/keys-elsewhere.sh", {
    message: `The keys are kept in ${title}: use vault-k8s operator init and operator unseal, then set VAULT_TOKEN and run this again`,
  });

export function vaultParts(vault: VaultSpec, { where, vaultKube }: Writers): { nodes: ScriptPart; vault: ScriptPart; vaultCa: ScriptPart } {
  if (where.vaultIs !== "address" && vaultKube !== undefined) {
    const { context } = vaultKube;
    return { nodes: pods(vault, context), vault: vaultInPods(vault), vaultCa: podsCa(vault, context) };
  }
  return { nodes: addresses(vault.nodes), vault: vaultAt(vault), vaultCa: { lines: ":" } };
}

function pods({ install: { namespace, release } }: VaultSpec, context: string): ScriptPart {
  const kubectl = { code: `${kubectlIn(context)} -n ${word(namespace)}` };
  return { needs: ["work", "within"], lines: shellText("script/pods.sh", { kubectl, labels: vaultSelector(release), active: active() }) };
}

/** The CA that the pods mount, for the vault command; where they speak http there is none. */
const podsCa = ({ install: { namespace } }: VaultSpec, context: string): ScriptPart => ({
  needs: ["nodes"],
  lines: shellText("script/pods-ca.sh", { context, namespace }),
});

const active = () => ({ code: shellText("script/active.sh") });

const vaultInPods = ({ tokenFile }: VaultSpec): ScriptPart => ({
  needs: ["nodes", "keys", "vaultCa"],
  lines: shellText("script/vault-in-pods.sh", {
    vault: { code: tokenFile === undefined ? shellText("script/vault-by-keys.sh") : fileVault(tokenFile) },
  }),
});

const fileVault = (file: string): string => `vault() { VAULT_TOKEN=$(cat ${word(file)}) command vault "$@"; }`;

const addresses = (nodes: readonly string[]): ScriptPart => ({ lines: shellText("script/addresses.sh", { nodes, active: active() }) });

function vaultAt({ address: at, tokenFile }: VaultSpec): ScriptPart {
  const address = at === undefined ? [] : [`export VAULT_ADDR=${word(at)}`];
  const token = tokenFile === undefined ? [] : [fileVault(tokenFile)];
  return { lines: [...address, ...token].join("\n") || ":" };
}
