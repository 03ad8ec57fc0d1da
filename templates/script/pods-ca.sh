# Whom to trust: the CA that Vault's pods mount.
ca_secret=$(statefulset '.spec.template.spec.volumes[?(@.name=="tls")].secret.secretName')
if [ "$scheme" = https ] && [ -z "${VAULT_CACERT:-}" ] && [ -n "$ca_secret" ]; then
  kubectl --context ${context} -n ${namespace} get secret "$ca_secret" -o 'go-template={{with index .data "ca.crt"}}{{base64decode .}}{{end}}' > "$work/vault-ca.crt"
  if [ -s "$work/vault-ca.crt" ]; then export VAULT_CACERT="$work/vault-ca.crt"; fi
fi
