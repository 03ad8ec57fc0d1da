#!/bin/sh
# The article's commands for one cluster's place in Vault, without the operator. article.sh CLUSTER; KUBECONFIG, VAULT_ADDR and VAULT_TOKEN are set.
set -eu
cluster=$1
mount=k8s-$cluster
kubectl() { command kubectl --context "$cluster" "$@"; }
kubectl apply --validate=false -f - <<YAML
apiVersion: v1
kind: Namespace
metadata: { name: vault-k8s }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: vault-reviewer, namespace: vault-k8s }
---
apiVersion: v1
kind: Secret
type: kubernetes.io/service-account-token
metadata: { name: vault-reviewer-token, namespace: vault-k8s, annotations: { kubernetes.io/service-account.name: vault-reviewer } }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: vault-reviewer-auth-delegator }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:auth-delegator }
subjects: [{ kind: ServiceAccount, name: vault-reviewer, namespace: vault-k8s }]
YAML
vault secrets list -format=json | grep -q '"kv/"' || vault secrets enable -path=kv -version=2 kv
vault policy write "$mount-read" - <<HCL
path "kv/data/k8s/$cluster/*" { capabilities = ["read"] }
path "kv/metadata/k8s/$cluster/*" { capabilities = ["read", "list"] }
HCL
vault auth list -format=json | grep -q "\"$mount/\"" || vault auth enable -path="$mount" kubernetes
server=$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}')
ca=$(kubectl get secret vault-reviewer-token -n vault-k8s -o jsonpath='{.data.ca\.crt}' | base64 -d)
kubectl get secret vault-reviewer-token -n vault-k8s -o jsonpath='{.data.token}' | base64 -d |
  vault write "auth/$mount/config" token_reviewer_jwt=- kubernetes_host="$server" kubernetes_ca_cert="$ca"
vault write "auth/$mount/role/external-secrets" bound_service_account_names=external-secrets \
  bound_service_account_namespaces=external-secrets audience=vault policies="$mount-read" ttl=1h
