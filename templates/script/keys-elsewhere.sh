# Only vault-k8s puts keys there and reads them back.
elsewhere() {
  echo ${message} >&2
  return 1
}
keys=''
token_file=''
keep_keys() { elsewhere; }
unseal_keys() { elsewhere; }
keep_token() { elsewhere; }
keep_origin() { :; }
root_token() { :; }
as_root() { vault "$@"; }
as_kept() { vault "$@"; }
as_admin() { vault "$@"; }
