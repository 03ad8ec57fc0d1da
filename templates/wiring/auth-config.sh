${credentials}
${write} kubernetes_ca_cert=@${ca_file} token_reviewer_jwt=@"$work/reviewer-token"
accessor=$(${accessor})
configured=$({ printf '%s\n' "$accessor"; cat "$work/reviewer-token"; } | sha256)
kubectl --context ${context} -n ${namespace} annotate --overwrite --field-manager=${owner} secret ${secret} ${annotation}="$configured"
