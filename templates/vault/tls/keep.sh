${kubectl} create secret generic ${name} --type=kubernetes.io/tls ${from} --dry-run=client -o yaml |
    kubectl label --local -f - ${label}=${owner} -o yaml | ${kubectl} apply --server-side --field-manager=${owner} -f - > /dev/null
