# A certificate that cert-manager makes and renews.
${apply}
${kubectl} wait --for=condition=Ready certificate.cert-manager.io ${secret} --timeout=${seconds}s
