#!/bin/sh
# What the article has one type to give a further cluster its place in Vault, with nothing that a person would leave out and in as few commands as
# that takes. It may be run again. article.sh wire|prove|look CLUSTER; KUBECONFIG, VAULT_ADDR, VAULT_CACERT and VAULT_TOKEN are set.
set -eu
cluster=$2
mount=k8s-$cluster
kubectl() { command kubectl --context "$cluster" "$@"; }

wire() {
  kubectl apply -f - <<YAML
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
  kubectl apply -f - <<YAML
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: vault }
spec:
  provider:
    vault:
      server: $VAULT_ADDR
      path: kv
      version: v2
      caBundle: $(base64 -w0 "$VAULT_CACERT")
      auth:
        kubernetes:
          mountPath: $mount
          role: external-secrets
          serviceAccountRef: { name: external-secrets, namespace: external-secrets, audiences: [vault] }
YAML
  prove
}

# Logs in as the operator does, is refused what belongs to others, and waits for the store.
prove() {
  token=$(kubectl create token external-secrets -n external-secrets --audience=vault |
    vault write -field=token "auth/$mount/login" role=external-secrets jwt=-)
  VAULT_TOKEN=$token vault token capabilities "kv/data/k8s/$cluster/app" | grep -q read
  VAULT_TOKEN=$token vault token capabilities kv/data/k8s/another/app | grep -q deny
  VAULT_TOKEN=$token vault token revoke -self
  kubectl wait clustersecretstore/vault --for=condition=Ready --timeout=60s
}

# What one types to see how things are.
look() {
  vault status
  helm --kube-context "$cluster" list -n external-secrets
  kubectl get pods -n external-secrets
  kubectl get namespace/vault-k8s clusterrolebinding/vault-reviewer-auth-delegator clustersecretstore/vault
  kubectl get serviceaccount/vault-reviewer secret/vault-reviewer-token -n vault-k8s
  vault auth list
  vault secrets list
  vault policy read "$mount-read"
  vault read "auth/$mount/config"
  vault read "auth/$mount/role/external-secrets"
}

"$1"
