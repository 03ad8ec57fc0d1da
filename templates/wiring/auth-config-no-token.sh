${credentials}
${write} kubernetes_ca_cert=@${ca_file}
