# Prove that what takes over may do all that is needed, and only then revoke the root token.
may() {
  path=$1
  shift
  has=" $(${successor} token capabilities "$path" | tr ',
' '  ') "
  for capability in "$@"; do
    case $has in
    *" $capability "* | *" root "*) ;;
    *) echo "what takes over lacks $capability on $path" >&2; return 1 ;;
    esac
  done
}
takes_over() {
${proofs}
  ${successor} token lookup -format=json | grep -q '"orphan": true' &&
  ${successor} read sys/auth > /dev/null
}
root_gone() { as_root token lookup 2>&1 | grep -q 'Code: 403'; }
retire_root() {
  if root_gone; then return; fi
  takes_over
  as_root token revoke -self
  root_gone
}
