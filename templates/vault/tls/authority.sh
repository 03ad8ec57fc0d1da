# A certificate authority for Vault, where there is none. Its key goes into the Secret and nowhere else.
if ! ${kubectl} get secret ${name} > /dev/null 2>&1; then
  openssl req -x509 ${key} -days 3650 -subj ${subject} -keyout "$work/ca.key" -out "$work/ca.crt" \
    -addext basicConstraints=critical,CA:TRUE,pathlen:1 -addext keyUsage=critical,keyCertSign,cRLSign 2> /dev/null
  ${keep}
  rm "$work/ca.key"
fi
