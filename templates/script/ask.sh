# ask NAME FILE: asks for a secret value, which goes into a file.
ask() {
  printf '%s: ' "$1" >&2
  if [ -t 0 ]; then stty -echo; fi
  IFS= read -r answer
  if [ -t 0 ]; then stty echo; echo >&2; fi
  printf '%s' "$answer" > "$2"
}
