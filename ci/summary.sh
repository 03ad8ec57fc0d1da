# shellcheck shell=sh disable=SC2154
# For plan.sh and apply.sh, which read it in: what people see of a run, as Markdown in the file $summary.

# A sentence or a heading.
say() {
  printf '%s\n\n' "$1" >>"$summary"
}

# A text that others wrote: indented, so that nothing in it is markup, and cut where GitHub would refuse the whole summary (1 MiB).
show() {
  head -c 700000 "$1" | sed 's/^/    /' >>"$summary"
  if [ "$(wc -c <"$1")" -gt 700000 ]; then
    printf '\n\nThe rest is left out: it is too long.' >>"$summary"
  fi
  printf '\n\n' >>"$summary"
}

# A link could lead out of the checkout, to a file of the machine.
must_be_file() {
  if [ -h "$1" ] || [ ! -f "$1" ]; then
    say "$1 is not a file of this repository. Nothing was run."
    echo "x $1 is not a file of this repository" >&2
    exit 65
  fi
}
