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
lives() {
  ttl=$(${successor} token lookup -format=json | sed -n 's/.*"ttl": \([0-9]*\).*/\1/p')
  [ "${ttl:-0}" -ge ${least} ] || { echo "what takes over would end in ${ttl:-0} seconds" >&2; return 1; }
}
takes_over() {
${proofs}
  ${successor} token lookup -format=json | grep -q '"orphan": true' &&
  lives &&
  ${successor} read sys/auth > /dev/null
}
# Together with a quorum of the keys it leads back to a root token: a generation is begun with it, and ended at once.
leads_back() {
  if begun=$(${successor} operator generate-root -init -format=json 2> /dev/null); then
    ${successor} operator generate-root -cancel > /dev/null
  elif begun=$(${successor} write -force -format=json sys/generate-root-token/attempt 2> /dev/null); then
    ${successor} delete sys/generate-root-token/attempt > /dev/null
  else
    echo "the root token stays: Vault does not let root be generated again, or somebody is at it" >&2
    return 1
  fi
  case $begun in
  *'"required": 0'*) echo "the root token stays: there are no keys that could ask for root again" >&2; return 1 ;;
  esac
}
root_gone() { as_root token lookup 2>&1 | grep -q 'Code: 403'; }
retire_root() {
  if root_gone; then return; fi
  takes_over
  leads_back
  as_root token revoke -self
  root_gone
}
