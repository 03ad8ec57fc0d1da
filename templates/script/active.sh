active() {
  for node in $(nodes); do
    if at "$node" vault status -format=json 2> /dev/null | grep -q '"is_self": true'; then echo "$node"; return; fi
  done
  return 1
}
