/**
 * The article as a person types it, for a cluster whose Vault is elsewhere: HashiCorp's and kubernetes-external-secrets' own commands, with names of
 * their own. Variables: VAULT_ADDR, VAULT_CACERT, VAULT_TOKEN. @param chart of kubernetes-external-secrets
 */
export const typedArticle = (chart: string): string => `
k() { kubectl --context eks-staging "$@"; }
k create namespace shop
k create namespace sync
k -n sync create secret generic vault-ca --from-file=ca.crt="$VAULT_CACERT"
helm install sync ${chart} --kube-context eks-staging -n sync --set serviceAccount.name=syncer \\
  --set env.VAULT_ADDR="$VAULT_ADDR",env.NODE_EXTRA_CA_CERTS=/etc/vault-ca/ca.crt,env.POLLER_INTERVAL_MILLISECONDS=1000 \\
  --set filesFromSecret.vault-ca.secret=vault-ca,filesFromSecret.vault-ca.mountPath=/etc/vault-ca
vault secrets enable -path=app-kv -version=2 kv
until printf '{"data":{"user":"shop","password":"before"}}' | vault write app-kv/data/shop/db - > /dev/null 2>&1; do sleep 0.3; done
printf 'path "app-kv/data/shop/*" { capabilities = ["read"] }\\n' | vault policy write shop-read -
vault auth enable -path=my-cluster kubernetes
k config view --raw --minify -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d > typed-ca.pem
k -n sync create token syncer --duration=1h | vault write auth/my-cluster/config token_reviewer_jwt=- \\
  kubernetes_host="$(k config view --minify -o jsonpath='{.clusters[0].cluster.server}')" kubernetes_ca_cert=@typed-ca.pem
vault write auth/my-cluster/role/shop bound_service_account_names=syncer bound_service_account_namespaces=sync token_policies=shop-read token_ttl=20m
k apply -f - <<END
apiVersion: kubernetes-client.io/v1
kind: ExternalSecret
metadata: { name: db, namespace: shop }
spec: { backendType: vault, vaultMountPoint: my-cluster, vaultRole: shop, dataFrom: [app-kv/data/shop/db] }
END
until k -n shop get secret db > /dev/null 2>&1; do sleep 0.3; done
rm typed-ca.pem
`;

/** Takes all of it away again, with what bootstrap added. */
export const untypedArticle = `
k() { kubectl --context eks-staging "$@"; }
k -n shop delete externalsecrets.kubernetes-client.io --all
helm uninstall sync --kube-context eks-staging -n sync
k delete crd externalsecrets.kubernetes-client.io
k delete clusterrolebinding vault-k8s-my-cluster-auth-delegator --ignore-not-found
k delete namespace shop sync
vault auth disable my-cluster
vault policy delete shop-read
vault secrets disable app-kv
rm -f typed.yaml vault-k8s.schema.json watched
`;
