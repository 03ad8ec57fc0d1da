# A load balancer has its address only now.
${in_secret}
addressed() { ! ${balancers} | grep -q '^$'; }
within ${seconds} addressed
for name in $(${balancers}); do
  in_secret ${secret} tls.crt | openssl x509 -noout -text | grep -qF "$name" || new_name=$name
done
if [ -n "${new_name:-}" ]; then
  ${certificate}
fi
