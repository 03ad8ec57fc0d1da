#!/bin/sh
# What vault-k8s plan --cluster eks-prod does, by hand: with kubectl, helm and vault.
set -eu
umask 077
# Of the variables of the vault command only those count that this script sets, and the token: others change where it goes and what it prints.
for name in FORMAT DETAILED WRAP_TTL MFA HEADERS LOG_LEVEL AGENT_ADDR SRV_LOOKUP SKIP_VERIFY CACERT NAMESPACE ADDR CACERT_BYTES CAPATH CLIENT_CERT CLIENT_KEY TLS_SERVER_NAME PROXY_ADDR HTTP_PROXY; do unset "VAULT_$name" "BAO_$name"; done
unset BAO_ADDR
# Nor does helm look at another cluster or namespace, or keep releases elsewhere.
for name in KUBEAPISERVER KUBEASGROUPS KUBEASUSER KUBECAFILE KUBECONTEXT KUBEINSECURE_SKIP_TLS_VERIFY KUBETLS_SERVER_NAME KUBETOKEN NAMESPACE DRIVER; do unset "HELM_$name"; done
export VAULT_FORMAT=
export KUBECONFIG=FOLDER/kubeconfig

kubectl --context eks-prod apply --server-side --field-manager=vault-k8s -f - <<'YAML'
apiVersion: v1
kind: Namespace
metadata:
  name: vault
  labels:
    app.kubernetes.io/managed-by: vault-k8s
YAML

# within SECONDS COMMAND...: repeats the command until it succeeds.
within() (
  end=$(($(date +%s) + $1))
  shift
  until "$@"; do
    if [ "$(date +%s)" -ge "$end" ]; then echo "not in time: $*" >&2; exit 1; fi
    sleep 1
  done
)

helm upgrade --install vault vault --repo https://helm.releases.hashicorp.com --kube-context eks-prod -n vault --create-namespace --reset-values -f - --labels app.kubernetes.io/managed-by=vault-k8s,vault-k8s.io/inputs=0c3295e5d9481021105d018657087f9908375406 <<'JSON'
{
  "injector": {
    "enabled": false
  },
  "server": {
    "dataStorage": {
      "size": "10Gi"
    },
    "ha": {
      "enabled": true,
      "replicas": 3,
      "raft": {
        "enabled": true,
        "setNodeId": true
      }
    }
  }
}
JSON
vault_pods_run() { [ "$(kubectl --context eks-prod -n vault get pods -l 'app.kubernetes.io/name in (vault,openbao),app.kubernetes.io/instance=vault,component=server' --field-selector=status.phase=Running -o name | wc -l)" -ge 3 ]; }
within 300 vault_pods_run

# A folder that only you can read; it goes away at the end, and so do the port-forwards.
work=$(mktemp -d)
finish() {
  for pid in "$work"/*.pid; do if [ -e "$pid" ]; then kill "$(cat "$pid")" 2> /dev/null || :; fi; done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# Vault's pods, which its StatefulSet controls, and a command against the Vault of one of them, through a port-forward.
statefulset() { kubectl --context eks-prod -n vault get statefulset -l 'app.kubernetes.io/name in (vault,openbao),app.kubernetes.io/instance=vault' -o "jsonpath={.items[0]$1}"; }
scheme=$(statefulset '.spec.template.spec.containers[*].env[?(@.name=="VAULT_ADDR")].value')
scheme=${scheme%%:*}
internal=$(statefulset .spec.serviceName)
owned="\($(statefulset .metadata.name)-[0-9]*\) $(statefulset .metadata.uid)"
nodes() { kubectl --context eks-prod -n vault get pods -l 'app.kubernetes.io/name in (vault,openbao),app.kubernetes.io/instance=vault',component=server -o 'jsonpath={range .items[*]}{.metadata.name} {.metadata.ownerReferences[?(@.controller==true)].uid}{"\n"}{end}' | sed -n "s/^$owned$/\1/p" | sort; }
peer() { echo "$scheme://$1.$internal:8200"; }
forward() {
  kubectl --context eks-prod -n vault port-forward "pod/$1" :8200 > "$work/$1.out" 2> /dev/null &
  echo $! > "$work/$1.pid"
  within 30 grep -q '^Forwarding from 127' "$work/$1.out"
  sed -n "s,^Forwarding from \(127.0.0.1:[0-9]*\) .*,$scheme://\1,p" "$work/$1.out" > "$work/$1.address"
}
at() (
  node=$1
  shift
  if ! kill -0 "$(cat "$work/$node.pid" 2> /dev/null)" 2> /dev/null; then forward "$node"; fi
  VAULT_ADDR=$(cat "$work/$node.address")
  export VAULT_ADDR
  "$@"
)
active() {
  for node in $(nodes); do
    if at "$node" vault status -format=json 2> /dev/null | grep -q '"is_self": true'; then echo "$node"; return; fi
  done
  return 1
}

# The answer of vault operator init.
keys=FOLDER/home/.local/share/vault-k8s/eks-prod/init.json
keep_keys() {
  mkdir -p "$(dirname "$keys")"
  (set -C; "$@" > "$keys") || { if [ -e "$keys" ] && [ ! -s "$keys" ]; then rm "$keys"; fi; return 1; }
}
unseal_keys() {
  threshold=$(sed -n 's/.*"unseal_threshold": \([0-9]*\).*/\1/p' "$keys")
  sed -n '/"unseal_keys_b64"/,/\]/p' "$keys" | sed -n 's/^ *"\([^":]*\)",\{0,1\}$/\1/p' | head -n "$threshold"
}

# The root token, and the one that takes over from it.
token_file=FOLDER/home/.local/share/vault-k8s/eks-prod/init.json.token
root_token() { sed -n 's/.*"root_token": "\([^"]*\)".*/\1/p' "$keys"; }
kept_token() { sed -n 's/.*"token": "\([^"]*\)".*/\1/p' "$token_file"; }
as_root() { VAULT_TOKEN=$(root_token) command vault "$@"; }
as_kept() { VAULT_TOKEN=$(kept_token) command vault "$@"; }
as_admin() { if as_root token lookup > /dev/null 2>&1; then as_root "$@"; else vault "$@"; fi; }
keep_token() {
  token=$("$@")
  printf '{\n  "token": "%s"\n}\n' "$token" > "$token_file.new"
  mv "$token_file.new" "$token_file"
  [ "$(kept_token)" = "$token" ]
}

# What vault-k8s knows the keys by: the cluster, and Vault's own id.
keep_origin() {
  if grep -q vaultClusterId FOLDER/home/.local/share/vault-k8s/eks-prod/init.json.origin 2> /dev/null; then return; fi
  cat > FOLDER/home/.local/share/vault-k8s/eks-prod/init.json.origin << JSON
{
  "kubeSystemUid": "UID",
  "namespace": "vault",
  "release": "vault",
  "context": "eks-prod",
  "keptIn": [
    "FOLDER/home/.local/share/vault-k8s/eks-prod/init.json"
  ],
  "vaultClusterId": "$(cluster_id)"$(fresh_engines)
}
JSON
}
# The engines of a Vault that was initialised just now: others that are there later are somebody's.
fresh_engines() {
  if [ "${new:-no}" = yes ]; then
    printf ',\n  "freshEngines": {'
    at "$(active)" as_root secrets list | sed -n 's,^\([^ ]*\)/  *\([a-z_]*\) .*,"\1": "\2",p' | tr '\n' ',' | sed 's/,$//'
    printf '}'
  fi
}
cluster_id() { at "$(active)" vault status -format=json | sed -n 's/.*"cluster_id": "\([^"]*\)".*/\1/p'; }

# Whom to trust: the CA that Vault's pods mount.
ca_secret=$(statefulset '.spec.template.spec.volumes[?(@.name=="tls")].secret.secretName')
if [ "$scheme" = https ] && [ -z "${VAULT_CACERT:-}" ] && [ -n "$ca_secret" ]; then
  kubectl --context eks-prod -n vault get secret "$ca_secret" -o 'go-template={{with index .data "ca.crt"}}{{base64decode .}}{{end}}' > "$work/vault-ca.crt"
  if [ -s "$work/vault-ca.crt" ]; then export VAULT_CACERT="$work/vault-ca.crt"; fi
fi

# Initialise Vault, once. The answer is given once: unseal keys and root token go to $keys.
initialised() { at "$1" vault operator init -status > /dev/null 2>&1; }
answers() { at "$1" vault status > /dev/null 2>&1 || [ $? -eq 2 ]; }
new=yes
for node in $(nodes); do
  within 300 answers "$node"
  if initialised "$node"; then new=no; fi
done
if [ "$new" = yes ]; then
  node=$(nodes | head -n 1)
  if at "$node" vault status -format=json | grep -q '"recovery_seal": true'; then
    set -- -recovery-shares=5 -recovery-threshold=3
  else
    set -- -key-shares=5 -key-threshold=3
  fi
  keep_keys at "$node" vault operator init -format=json "$@"
fi

# Unseal each node by itself; a new one first joins the active one.
unsealed() { at "$1" vault status > /dev/null 2>&1; }
unseal() {
  unseal_keys | while IFS= read -r key; do
    unsealed "$1" || printf '%s' "$key" | at "$1" vault write sys/unseal key=- > /dev/null
  done
  within 300 unsealed "$1"
}
for node in $(nodes); do
  if at "$node" vault operator init -status > /dev/null 2>&1; then unsealed "$node" || unseal "$node"; fi
done
leader=$(within 300 active)
for node in $(nodes); do
  if at "$node" vault operator init -status > /dev/null 2>&1; then continue; fi
  at "$node" vault operator raft join ${VAULT_CACERT:+-leader-ca-cert=@"$VAULT_CACERT"} "$(peer "$leader")" > /dev/null
  unseal "$node"
done
keep_origin

kubectl --context eks-prod apply --server-side --field-manager=vault-k8s -f - <<'YAML'
apiVersion: v1
kind: Namespace
metadata:
  name: external-secrets
  labels:
    app.kubernetes.io/managed-by: vault-k8s
YAML

helm upgrade --install external-secrets external-secrets --repo https://charts.external-secrets.io --kube-context eks-prod -n external-secrets --create-namespace --reset-values -f - --labels app.kubernetes.io/managed-by=vault-k8s,vault-k8s.io/inputs=361f2ded38f8cbdf28e7df44735d96c57e7b0660 <<'JSON'
{
  "serviceAccount": {
    "create": true,
    "name": "external-secrets"
  }
}
JSON
kubectl --context eks-prod -n external-secrets rollout status deployment -l app.kubernetes.io/instance=external-secrets --timeout=300s
webhook_serves() {
kubectl --context eks-prod apply --server-side --field-manager=vault-k8s --dry-run=server -f - > /dev/null 2>&1 <<'YAML'
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault-k8s-webhook-probe
spec:
  provider:
    vault:
      server: http://vault.invalid:8200
      version: v2
      path: kv
      auth:
        kubernetes:
          mountPath: kubernetes
          role: probe
          serviceAccountRef:
            name: probe
            namespace: default
YAML
}
within 300 webhook_serves

kubectl --context eks-prod apply --server-side --field-manager=vault-k8s -f - <<'YAML'
apiVersion: v1
kind: Namespace
metadata:
  name: vault-k8s
  labels:
    app.kubernetes.io/managed-by: vault-k8s
YAML

kubectl --context eks-prod apply --server-side --field-manager=vault-k8s -f - <<'YAML'
apiVersion: v1
kind: ServiceAccount
metadata:
  name: vault-reviewer
  namespace: vault-k8s
  labels:
    app.kubernetes.io/managed-by: vault-k8s
YAML

kubectl --context eks-prod apply --server-side --field-manager=vault-k8s -f - <<'YAML'
apiVersion: v1
kind: Secret
metadata:
  name: vault-reviewer-token
  namespace: vault-k8s
  annotations:
    kubernetes.io/service-account.name: vault-reviewer
  labels:
    app.kubernetes.io/managed-by: vault-k8s
type: kubernetes.io/service-account-token
YAML
token_is_there() { [ -n "$(kubectl --context eks-prod -n vault-k8s get secret vault-reviewer-token -o 'jsonpath={.data.token}' 2> /dev/null)" ]; }
within 300 token_is_there

kubectl --context eks-prod apply --server-side --field-manager=vault-k8s -f - <<'YAML'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: vault-k8s-k8s-eks-prod-auth-delegator
  labels:
    app.kubernetes.io/managed-by: vault-k8s
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: system:auth-delegator
subjects:
  - kind: ServiceAccount
    name: vault-reviewer
    namespace: vault-k8s
YAML

# Vault as one service: its active pod. Only the vault command is given the token.
leader=$(within 300 active)
VAULT_ADDR=$(cat "$work/$leader.address")
export VAULT_ADDR
vault() {
  if [ -n "${VAULT_TOKEN:-}" ] || [ ! -s "$keys" ]; then command vault "$@"
  elif [ -s "$token_file" ]; then as_kept "$@"
  else as_root "$@"; fi
}

vault read -format=json sys/mounts | grep -q '^ *"kv/": {' || vault secrets enable -path=kv -version=2 -description='managed by vault-k8s' kv
within 60 vault read kv/config > /dev/null

vault policy write k8s-eks-prod-read - <<'HCL'
# managed by vault-k8s, cluster UID
# The operator of cluster eks-prod reads the secrets below kv/k8s/eks-prod/ and nothing else.
path "kv/data/k8s/eks-prod/*" {
  capabilities = ["read"]
}

# Names and versions, for dataFrom.find and metadata policies.
path "kv/metadata/k8s/eks-prod/*" {
  capabilities = ["read", "list"]
}
HCL

vault read -format=json sys/auth | grep -q '^ *"k8s-eks-prod/": {' || vault auth enable -path=k8s-eks-prod -description='managed by vault-k8s, cluster UID' kubernetes

sha256() { if command -v sha256sum > /dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1; }

kubectl --context eks-prod -n vault-k8s get secret vault-reviewer-token -o 'jsonpath={.data.token}' | base64 -d > "$work/reviewer-token"
kubectl --context eks-prod -n vault-k8s get secret vault-reviewer-token -o 'jsonpath={.data.ca\.crt}' | base64 -d > "$work/reviewer-ca.crt"
vault write auth/k8s-eks-prod/config kubernetes_host=https://kubernetes.default.svc disable_local_ca_jwt=true disable_iss_validation=true issuer= pem_keys= kubernetes_ca_cert=@"$work/reviewer-ca.crt" token_reviewer_jwt=@"$work/reviewer-token"
accessor=$(vault read -format=json sys/auth | sed -n '\,^ *"k8s-eks-prod/": {,,/}/s/.*"accessor": "\([^"]*\)".*/\1/p')
configured=$({ printf '%s\n' "$accessor"; cat "$work/reviewer-token"; } | sha256)
kubectl --context eks-prod -n vault-k8s annotate --overwrite --field-manager=vault-k8s secret vault-reviewer-token vault-k8s.io/configured="$configured"

vault write auth/k8s-eks-prod/role/external-secrets alias_name_source=serviceaccount_uid bound_service_account_namespace_selector= token_bound_cidrs= token_explicit_max_ttl=0 token_no_default_policy=false token_num_uses=0 token_period=0 token_type=default bound_service_account_names=external-secrets bound_service_account_namespaces=external-secrets audience=vault token_policies=k8s-eks-prod-read token_ttl=3600 token_max_ttl=86400

kubectl --context eks-prod apply --server-side --field-manager=vault-k8s -f - <<'YAML'
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
  labels:
    app.kubernetes.io/managed-by: vault-k8s
spec:
  provider:
    vault:
      server: http://vault-active.vault.svc:8200
      path: kv
      version: v2
      auth:
        kubernetes:
          mountPath: k8s-eks-prod
          role: external-secrets
          serviceAccountRef:
            name: external-secrets
            namespace: external-secrets
            audiences:
              - vault
YAML

kubectl --context eks-prod apply --server-side --field-manager=vault-k8s -f - <<'YAML'
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: default
  labels:
    app.kubernetes.io/managed-by: vault-k8s
spec:
  refreshInterval: 1m0s
  secretStoreRef:
    name: vault
    kind: ClusterSecretStore
  target:
    name: db
  dataFrom:
    - extract:
        key: k8s/eks-prod/db
YAML

if as_admin token capabilities sys/policies/acl/vault-k8s-admin | grep -Eqw 'root|update'; then
as_admin policy write vault-k8s-admin - <<'HCL'
# managed by vault-k8s, cluster UID
# What vault-k8s needs once the root token is retired: to wire clusters, to write their secrets, and nothing else.
# It holds what is sent and no more; docs/root-token.md says what for.

# Auth methods: which there are, enabling one for a cluster and disabling it, its configuration and its roles.
path "sys/auth" {
  capabilities = ["read"]
}
path "sys/auth/k8s-*" {
  capabilities = ["update", "delete", "sudo"]
}
path "auth/k8s-*" {
  capabilities = ["create", "read", "update", "list"]
}

# How Vault's own storage is, for status.
path "sys/storage/raft/configuration" {
  capabilities = ["read"]
}
path "sys/storage/raft/autopilot/state" {
  capabilities = ["read"]
}

# Members of that storage: one leaves it before its pod goes, and hands over first where it leads.
path "sys/storage/raft/remove-peer" {
  capabilities = ["update"]
}
path "sys/step-down" {
  capabilities = ["update", "sudo"]
}

# The policy with which a cluster reads its secrets, and this one to look at.
path "sys/policies/acl/k8s-*" {
  capabilities = ["read", "update", "delete"]
}
path "sys/policies/acl/vault-k8s-admin" {
  capabilities = ["read"]
}

# Who else reads what teardown --delete-data would delete.
path "sys/policies/acl" {
  capabilities = ["list"]
}
path "sys/policies/acl/*" {
  capabilities = ["read"]
}

# Audit devices: which there are, and enabling ours.
path "sys/audit" {
  capabilities = ["read", "sudo"]
}
path "sys/audit/vault-k8s-*" {
  capabilities = ["update", "sudo"]
}

# The KV version 2 engine.
path "sys/mounts" {
  capabilities = ["read"]
}
path "sys/mounts/kv" {
  capabilities = ["update"]
}
path "kv/config" {
  capabilities = ["read"]
}

# A root token again, by a quorum of the unseal keys together with a token of this policy. The first two are Vault's paths, the others
# OpenBao's; which of them the server has does not count, so that an upgrade does not close the way.
path "sys/generate-root/attempt" {
  capabilities = ["read", "update", "delete"]
}
path "sys/generate-root/update" {
  capabilities = ["update"]
}
path "sys/generate-root-token/attempt" {
  capabilities = ["create", "read", "update", "delete"]
}
path "sys/generate-root-token/update" {
  capabilities = ["create", "update"]
}

# The reason of a refused login, from Vault's own log: doctor.
path "sys/monitor" {
  capabilities = ["read"]
}

# The secrets of clusters: to compare them with what arrived, for secret put, and for teardown --delete-data.
path "kv/data/k8s/*" {
  capabilities = ["create", "read", "update"]
}
path "kv/metadata/k8s/*" {
  capabilities = ["read", "list", "delete"]
}
HCL
else echo 'Policy vault-k8s-admin stays as it is: only a root token may change it' >&2; fi

# What takes over from the root token: an orphan that lives as long as it is renewed, kept where the keys are.
if [ -s "$token_file" ] && as_kept token lookup > /dev/null 2>&1; then
  as_kept token renew > /dev/null
else
  keep_token as_admin token create -orphan -policy=vault-k8s-admin -period=768h -display-name=vault-k8s -field=token
fi

# Prove that what takes over may do all that is needed, and only then revoke the root token.
may() {
  path=$1
  shift
  has=" $(as_kept token capabilities "$path" | tr ',
' '  ') "
  for capability in "$@"; do
    case $has in
    *" $capability "* | *" root "*) ;;
    *) echo "what takes over lacks $capability on $path" >&2; return 1 ;;
    esac
  done
}
lives() {
  ttl=$(as_kept token lookup -format=json | sed -n 's/.*"ttl": \([0-9]*\).*/\1/p')
  [ "${ttl:-0}" -ge 86400 ] || { echo "what takes over would end in ${ttl:-0} seconds" >&2; return 1; }
}
takes_over() {
  may sys/auth read &&
  may sys/auth/k8s-eks-prod update delete sudo &&
  may auth/k8s-eks-prod/config read update &&
  may auth/k8s-eks-prod/role list &&
  may auth/k8s-eks-prod/role/external-secrets create read update &&
  may sys/policies/acl/k8s-eks-prod-read read update delete &&
  may sys/policies/acl/vault-k8s-admin read &&
  may sys/policies/acl list &&
  may sys/policies/acl/vault-k8s-probe read &&
  may sys/audit read sudo &&
  may sys/audit/vault-k8s-stdout update sudo &&
  may sys/generate-root/attempt read update delete &&
  may sys/generate-root/update update &&
  may sys/generate-root-token/attempt create read update delete &&
  may sys/generate-root-token/update create update &&
  may sys/monitor read &&
  may sys/storage/raft/configuration read &&
  may sys/storage/raft/autopilot/state read &&
  may sys/storage/raft/remove-peer update &&
  may sys/step-down update sudo &&
  may sys/mounts read &&
  may sys/mounts/kv update &&
  may kv/config read &&
  may kv/data/k8s/eks-prod/vault-k8s-probe create read update &&
  may kv/metadata/k8s/eks-prod/vault-k8s-probe read list delete &&
  as_kept token lookup -format=json | grep -q '"orphan": true' &&
  lives &&
  as_kept read sys/auth > /dev/null
}
# Together with a quorum of the keys it leads back to a root token: a generation is begun with it, and ended at once.
leads_back() {
  if begun=$(as_kept operator generate-root -init -format=json 2> /dev/null); then
    as_kept operator generate-root -cancel > /dev/null
  elif begun=$(as_kept write -force -format=json sys/generate-root-token/attempt 2> /dev/null); then
    as_kept delete sys/generate-root-token/attempt > /dev/null
  else
    echo "the root token stays: Vault does not let root be generated again, or somebody is at it" >&2
    return 1
  fi
  case $begun in
  *'"required": 0'*) echo "the root token stays: there are no keys that could ask for root again" >&2; return 1 ;;
  esac
}
root_gone() { as_root token lookup 2>&1 | grep -q 'Code: 403'; }
retire_root() {
  if root_gone; then return; fi
  takes_over
  leads_back
  as_root token revoke -self
  root_gone
}
retire_root

