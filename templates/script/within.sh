# within SECONDS COMMAND...: repeats the command until it succeeds.
within() (
  end=$(($(date +%s) + $1))
  shift
  until "$@"; do
    if [ "$(date +%s)" -ge "$end" ]; then echo "not in time: $*" >&2; exit 1; fi
    sleep 1
  done
)
