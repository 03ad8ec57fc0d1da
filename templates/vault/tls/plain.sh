# A pod takes TLS when it starts.
for node in $(nodes); do
  case $(${kubectl} get pod "$node" ${address}) in *http:*)
    echo "$node speaks http: delete it, run vault-k8s operator unseal, and when all pods are done (the active one last) this script again" >&2
    exit 1
  esac
done
