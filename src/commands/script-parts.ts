import type { Writers } from "../clients/world.ts";
import type { Settings } from "../config/fields.ts";
import { word } from "../core/shell.ts";
import { keyFiles } from "../clients/keys/place.ts";
import { script, type Script, type ScriptPart } from "../ui/script.ts";

/** A script whose parts are known when the world is. */
export interface RunScript extends Script {
  reach(world: Writers): Promise<void>;
}

/** The script of a run: how Vault, the clusters and the keys are reached, in a shell, as the run reaches them. */
export function scriptOf(command: string, settings: Settings): RunScript {
  const parts: Record<string, ScriptPart> = { within, work, sha256, ask };
  return {
    ...script(head(`${command} --cluster ${settings.cluster ?? ""}`, settings), parts),
    reach: async (world) => void Object.assign(parts, { keys: keys(await keyFile(world)), ...vaultParts(settings, world) }),
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

/** A path, where the keys are in a file. */
async function keyFile({ keys: custody }: Pick<Writers, "keys">): Promise<string> {
  await custody.read().catch(() => undefined);
  return custody.describe().startsWith("/") ? custody.describe() : "";
}

// A subshell, so that one may run inside another.
const within: ScriptPart = {
  lines: `
# within SECONDS COMMAND...: repeats the command until it succeeds.
within() (
  end=$(($(date +%s) + $1))
  shift
  until "$@"; do
    if [ "$(date +%s)" -ge "$end" ]; then echo "not in time: $*" >&2; exit 1; fi
    sleep 1
  done
)`,
};

const work: ScriptPart = {
  lines: `
# A folder that only you can read; it goes away at the end, and so do the port-forwards.
work=$(mktemp -d)
finish() {
  for pid in "$work"/*.pid; do if [ -e "$pid" ]; then kill "$(cat "$pid")" 2> /dev/null || :; fi; done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM`,
};

const sha256: ScriptPart = {
  lines: `
sha256() { if command -v sha256sum > /dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1; }`,
};

const ask: ScriptPart = {
  lines: `
# ask NAME FILE: asks for a secret value, which goes into a file.
ask() {
  printf '%s: ' "$1" >&2
  if [ -t 0 ]; then stty -echo; fi
  IFS= read -r answer
  if [ -t 0 ]; then stty echo; echo >&2; fi
  printf '%s' "$answer" > "$2"
}`,
};

/** Vault writes its answers as JSON with a field or an item of a list in each line. */
const keys = (file: string): ScriptPart => ({
  lines: `
# The answer of vault operator init.
keys=${word(file)}
keep_keys() {
  mkdir -p "$(dirname "$keys")"
  (set -C; "$@" > "$keys") || { if [ -e "$keys" ] && [ ! -s "$keys" ]; then rm "$keys"; fi; return 1; }
}
unseal_keys() {
  threshold=$(sed -n 's/.*"unseal_threshold": \\([0-9]*\\).*/\\1/p' "$keys")
  sed -n '/"unseal_keys_b64"/,/\\]/p' "$keys" | sed -n 's/^ *"\\([^":]*\\)",\\{0,1\\}$/\\1/p' | head -n "$threshold"
}
# The root token, or the one that took over from it.
token_file=${word(file === "" ? "" : keyFiles(file).token)}
root_token() { if [ -s "$token_file" ]; then sed -n 's/.*"token": "\\([^"]*\\)".*/\\1/p' "$token_file"; else sed -n 's/.*"root_token": "\\([^"]*\\)".*/\\1/p' "$keys"; fi; }`,
});

function vaultParts(settings: Settings, { where, vaultKube }: Writers): { nodes: ScriptPart; vault: ScriptPart } {
  if (where.vaultIs !== "address" && vaultKube !== undefined)
    return { nodes: pods(settings, vaultKube.context), vault: vaultInPods(settings) };
  return { nodes: addresses(settings.vaultNodes), vault: vaultAt(settings) };
}

function pods({ installNamespace, release }: Settings, context: string): ScriptPart {
  const kubectl = `kubectl --context ${word(context)} -n ${word(installNamespace)}`;
  const labels = word(`app.kubernetes.io/name in (vault,openbao),app.kubernetes.io/instance=${release}`);
  return {
    needs: ["work", "within"],
    lines: `
# Vault's pods, and a command against the Vault of one of them, through a port-forward.
statefulset() { ${kubectl} get statefulset -l ${labels} -o "jsonpath={.items[0].spec$1}"; }
scheme=$(statefulset '.template.spec.containers[0].env[?(@.name=="VAULT_ADDR")].value')
scheme=\${scheme%%:*}
internal=$(statefulset .serviceName)
nodes() { ${kubectl} get pods -l ${labels},component=server -o 'jsonpath={range .items[*]}{.metadata.name}{"\\n"}{end}' | sort; }
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

const active = `active() {
  for node in $(nodes); do
    if at "$node" vault status -format=json 2> /dev/null | grep -q '"is_self": true'; then echo "$node"; return; fi
  done
  return 1
}`;

const vaultInPods = ({ vaultTokenFile }: Settings): ScriptPart => ({
  needs: ["nodes", "keys"],
  lines: `
# Vault as one service: its active pod. Only the vault command is given the token.
leader=$(within 300 active)
VAULT_ADDR=$(at "$leader" sh -c 'echo "$VAULT_ADDR"')
export VAULT_ADDR
${vaultTokenFile === undefined ? keyFileVault : fileVault(vaultTokenFile)}`,
});

const keyFileVault = `vault() {
  if [ -n "\${VAULT_TOKEN:-}" ] || [ ! -s "$keys" ]; then command vault "$@"; else VAULT_TOKEN=$(root_token) command vault "$@"; fi
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

function vaultAt({ vaultAddr, vaultTokenFile }: Settings): ScriptPart {
  const address = vaultAddr === undefined ? [] : [`export VAULT_ADDR=${word(vaultAddr)}`];
  const token = vaultTokenFile === undefined ? [] : [fileVault(vaultTokenFile)];
  return { lines: [...address, ...token].join("\n") || ":" };
}
