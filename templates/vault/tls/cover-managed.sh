# A load balancer has its address only now.
served_names() { ${certificate} | openssl x509 -noout -text; }
addressed() { ! ${balancers} | grep -q '^$'; }
covered() { served_names | grep -qF "$1"; }
within ${seconds} addressed
for name in $(${balancers}); do
  if ! covered "$name"; then
    case $name in *[!0-9.:]*) field=dnsNames ;; *) field=ipAddresses ;; esac
    ${kubectl} patch certificate.cert-manager.io ${secret} --field-manager=${owner} --type=json \
      -p "[{\"op\":\"add\",\"path\":\"/spec/$field/-\",\"value\":\"$name\"}]"
    within ${seconds} covered "$name"
  fi
done
