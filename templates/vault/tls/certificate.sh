# A certificate for Vault's names, signed by that authority.
${in_secret}
balancers() { ${balancers}; }
certificate() {
  in_secret ${authority} tls.crt > "$work/ca.crt"
  in_secret ${authority} tls.key > "$work/ca.key"
  openssl req -new ${key} -subj ${subject} -keyout "$work/tls.key" -out "$work/tls.csr" 2> /dev/null
  names=${alternatives}
  for name in $(balancers); do
    case $name in *[!0-9.:]*) names="$names,DNS:$name" ;; *) names="$names,IP:$name" ;; esac
  done
  printf 'subjectAltName=%s\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n' "$names" > "$work/tls.ext"
  openssl x509 -req -in "$work/tls.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -set_serial "0x40$(openssl rand -hex 15)" -days ${days} -extfile "$work/tls.ext" -out "$work/tls.crt" 2> /dev/null
  ${keep}
  rm "$work/ca.key" "$work/tls.key"
}
certificate
