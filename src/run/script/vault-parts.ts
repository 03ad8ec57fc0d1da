import type { Origin } from "../../keys/origin.ts";
import type { Writers } from "../../systems/world.ts";
import type { VaultSpec } from "../../config/spec/vault.ts";
import { word } from "../../core/shell.ts";
import { vaultSelector } from "../../systems/vault-pods.ts";
import type { ScriptPart } from "./script.ts";

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
  lines: files === undefined ? keysElsewhere(title) : `${keysInFile(files.keys)}\n${tokens(files, origin)}`,
});

const keysInFile = (file: string): string => `
# The answer of vault operator init.
keys=${word(file)}
keep_keys() {
  mkdir -p "$(dirname "$keys")"
  (set -C; "$@" > "$keys") || { if [ -e "$keys" ] && [ ! -s "$keys" ]; then rm "$keys"; fi; return 1; }
}
unseal_keys() {
  threshold=$(sed -n 's/.*"unseal_threshold": \\([0-9]*\\).*/\\1/p' "$keys")
  sed -n '/"unseal_keys_b64"/,/\\]/p' "$keys" | sed -n 's/^ *"\\([^":]*\\)",\\{0,1\\}$/\\1/p' | head -n "$threshold"
}`;

const tokens = ({ token, origin: originFile }: NonNullable<ScriptKeys["files"]>, origin: Origin): string => `
# The root token, and the one that takes over from it.
token_file=${word(token)}
root_token() { sed -n 's/.*"root_token": "\\([^"]*\\)".*/\\1/p' "$keys"; }
kept_token() { sed -n 's/.*"token": "\\([^"]*\\)".*/\\1/p' "$token_file"; }
as_root() { VAULT_TOKEN=$(root_token) command vault "$@"; }
as_kept() { VAULT_TOKEN=$(kept_token) command vault "$@"; }
as_admin() { if as_root token lookup > /dev/null 2>&1; then as_root "$@"; else vault "$@"; fi; }
keep_token() {
  token=$("$@")
  printf '{\\n  "token": "%s"\\n}\\n' "$token" > "$token_file.new"
  mv "$token_file.new" "$token_file"
  [ "$(kept_token)" = "$token" ]
}

# What vault-k8s knows the keys by: the cluster, and Vault's own id.
keep_origin() {
  if grep -q vaultClusterId ${word(originFile)} 2> /dev/null; then return; fi
  cat > ${word(originFile)} << JSON
${document({ ...origin, vaultClusterId: "CLUSTER_ID" }).replace('"CLUSTER_ID"', '"$(cluster_id)"$(fresh_engines)')}
JSON
}
# The engines of a Vault that was initialised just now: others that are there later are somebody's.
fresh_engines() {
  if [ "\${new:-no}" = yes ]; then
    printf ',\\n  "freshEngines": {'
    at "$(active)" as_root secrets list | sed -n 's,^\\([^ ]*\\)/  *\\([a-z_]*\\) .*,"\\1": "\\2",p' | tr '\\n' ',' | sed 's/,$//'
    printf '}'
  fi
}
cluster_id() { at "$(active)" vault status -format=json | sed -n 's/.*"cluster_id": "\\([^"]*\\)".*/\\1/p'; }`;

/** JSON in a document of a shell that is expanded. */
const document = (value: object): string => JSON.stringify(value, undefined, 2).replaceAll(/[\\$`]/g, "\\$&");

const keysElsewhere = (title: string): string => `
# Only vault-k8s puts keys there and reads them back.
elsewhere() {
  echo ${word(`The keys are kept in ${title}: use vault-k8s operator init and operator unseal, then set VAULT_TOKEN and run this again`)} >&2
  return 1
}
keys=''
token_file=''
keep_keys() { elsewhere; }
unseal_keys() { elsewhere; }
keep_token() { elsewhere; }
keep_origin() { :; }
root_token() { :; }
as_root() { vault "$@"; }
as_kept() { vault "$@"; }
as_admin() { vault "$@"; }`;

export function vaultParts(vault: VaultSpec, { where, vaultKube }: Writers): { nodes: ScriptPart; vault: ScriptPart; vaultCa: ScriptPart } {
  if (where.vaultIs !== "address" && vaultKube !== undefined) {
    const { context } = vaultKube;
    return { nodes: pods(vault, context), vault: vaultInPods(vault), vaultCa: podsCa(vault, context) };
  }
  return { nodes: addresses(vault.nodes), vault: vaultAt(vault), vaultCa: { lines: ":" } };
}

function pods({ install: { namespace, release } }: VaultSpec, context: string): ScriptPart {
  const kubectl = `kubectl --context ${word(context)} -n ${word(namespace)}`;
  const labels = word(vaultSelector(release));
  return {
    needs: ["work", "within"],
    lines: `
# Vault's pods, which its StatefulSet controls, and a command against the Vault of one of them, through a port-forward.
statefulset() { ${kubectl} get statefulset -l ${labels} -o "jsonpath={.items[0]$1}"; }
scheme=$(statefulset '.spec.template.spec.containers[0].env[?(@.name=="VAULT_ADDR")].value')
scheme=\${scheme%%:*}
internal=$(statefulset .spec.serviceName)
owned="\\($(statefulset .metadata.name)-[0-9]*\\) $(statefulset .metadata.uid)"
nodes() { ${kubectl} get pods -l ${labels},component=server -o 'jsonpath={range .items[*]}{.metadata.name} {.metadata.ownerReferences[?(@.controller==true)].uid}{"\\n"}{end}' | sed -n "s/^$owned$/\\1/p" | sort; }
peer() { echo "$scheme://$1.$internal:8200"; }
forward() {
  ${kubectl} port-forward "pod/$1" :8200 > "$work/$1.out" 2> /dev/null &
  echo $! > "$work/$1.pid"
  within 30 grep -q '^Forwarding from 127' "$work/$1.out"
  sed -n "s,^Forwarding from \\(127.0.0.1:[0-9]*\\) .*,$scheme://\\1,p" "$work/$1.out" > "$work/$1.address"
}
at() (
  node=$1
  shift
  if ! kill -0 "$(cat "$work/$node.pid" 2> /dev/null)" 2> /dev/null; then forward "$node"; fi
  VAULT_ADDR=$(cat "$work/$node.address")
  export VAULT_ADDR
  "$@"
)
${active}`,
  };
}

/** The CA that the pods mount, for the vault command; where they speak http there is none. */
const podsCa = ({ install }: VaultSpec, context: string): ScriptPart => ({
  needs: ["nodes"],
  lines: `
# Whom to trust: the CA that Vault's pods mount.
ca_secret=$(statefulset '.spec.template.spec.volumes[?(@.name=="tls")].secret.secretName')
if [ "$scheme" = https ] && [ -z "\${VAULT_CACERT:-}" ] && [ -n "$ca_secret" ]; then
  kubectl --context ${word(context)} -n ${word(install.namespace)} get secret "$ca_secret" -o 'go-template={{with index .data "ca.crt"}}{{base64decode .}}{{end}}' > "$work/vault-ca.crt"
  if [ -s "$work/vault-ca.crt" ]; then export VAULT_CACERT="$work/vault-ca.crt"; fi
fi`,
});

const active = `active() {
  for node in $(nodes); do
    if at "$node" vault status -format=json 2> /dev/null | grep -q '"is_self": true'; then echo "$node"; return; fi
  done
  return 1
}`;

const vaultInPods = ({ tokenFile }: VaultSpec): ScriptPart => ({
  needs: ["nodes", "keys", "vaultCa"],
  lines: `
# Vault as one service: its active pod. Only the vault command is given the token.
leader=$(within 300 active)
VAULT_ADDR=$(cat "$work/$leader.address")
export VAULT_ADDR
${tokenFile === undefined ? keyFileVault : fileVault(tokenFile)}`,
});

const keyFileVault = `vault() {
  if [ -n "\${VAULT_TOKEN:-}" ] || [ ! -s "$keys" ]; then command vault "$@"
  elif [ -s "$token_file" ]; then as_kept "$@"
  else as_root "$@"; fi
}`;

const fileVault = (file: string): string => `vault() { VAULT_TOKEN=$(cat ${word(file)}) command vault "$@"; }`;

const addresses = (nodes: readonly string[]): ScriptPart => ({
  lines: `
# Vault's nodes, each at its own address.
nodes() { printf '%s\\n' ${nodes.map(word).join(" ")}; }
peer() { echo "$1"; }
at() (
  VAULT_ADDR=$1
  export VAULT_ADDR
  shift
  "$@"
)
${active}`,
});

function vaultAt({ address: at, tokenFile }: VaultSpec): ScriptPart {
  const address = at === undefined ? [] : [`export VAULT_ADDR=${word(at)}`];
  const token = tokenFile === undefined ? [] : [fileVault(tokenFile)];
  return { lines: [...address, ...token].join("\n") || ":" };
}
