# Vault's pods, which its StatefulSet controls, and a command against the Vault of one of them, through a port-forward.
statefulset() { ${kubectl} get statefulset -l ${labels} -o "jsonpath={.items[0]$1}"; }
scheme=$(statefulset '.spec.template.spec.containers[*].env[?(@.name=="VAULT_ADDR")].value')
scheme=${scheme%%:*}
internal=$(statefulset .spec.serviceName)
owned="\($(statefulset .metadata.name)-[0-9]*\) $(statefulset .metadata.uid)"
nodes() { ${kubectl} get pods -l ${labels},component=server -o 'jsonpath={range .items[*]}{.metadata.name} {.metadata.ownerReferences[?(@.controller==true)].uid}{"\n"}{end}' | sed -n "s/^$owned$/\1/p" | sort; }
peer() { echo "$scheme://$1.$internal:8200"; }
forward() {
  ${kubectl} port-forward "pod/$1" :8200 > "$work/$1.out" 2> /dev/null &
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
${active}
