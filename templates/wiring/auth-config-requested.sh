${credentials}
${write} kubernetes_ca_cert=@${ca_file} token_reviewer_jwt=@"$work/reviewer-token"
