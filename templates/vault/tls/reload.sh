# Each pod loads its certificate; a change to a pod makes its kubelet look at its volumes.
wanted() { ${certificate} | openssl x509 -noout -fingerprint -sha256; }
shown() { openssl s_client -connect "$(at "$1" printenv VAULT_ADDR | sed 's,.*//,,')" < /dev/null 2> /dev/null | openssl x509 -noout -fingerprint -sha256; }
loaded() {
  [ "$(shown "$1")" = "$(wanted)" ] && return
  # shellcheck disable=SC2016 # It is for the pod's shell.
  ${kubectl} exec "$1" -c "$(${kubectl} get pod "$1" ${container})" -- ${reload}
  return 1
}
for node in $(nodes); do
  if ! [ "$(shown "$node")" = "$(wanted)" ]; then
    ${kubectl} annotate --overwrite pod "$node" ${annotation}="$(wanted | tr -dc 0-9A-F | tail -c 40)" > /dev/null
    within ${seconds} loaded "$node"
  fi
done
