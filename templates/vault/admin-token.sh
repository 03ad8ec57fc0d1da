# What takes over from the root token: an orphan that lives as long as it is renewed, kept where the keys are.
if [ -s "$token_file" ] && as_kept token lookup > /dev/null 2>&1; then
  as_kept token renew > /dev/null
else
  keep_token as_admin token create -orphan -policy=${policy} -period=${period} -display-name=vault-k8s -field=token
fi
