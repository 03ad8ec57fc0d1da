import type { Command } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import type { RetiredRootSpec } from "./successor.ts";
import type { Sent } from "./successor.ts";

/** What a person would type to retire the root token: the same proofs, then it revokes itself, and is proven to be gone. */
export function retireCommand({ adminAuth, sent }: RetiredRootSpec): Command {
  const lines = adminAuth === undefined ? [proofs("as_kept", sent), revoke] : [proofs("vault", sent), afterLogin(adminAuth)];
  return { lines: lines.join("\n"), needs: ["vault", "keys"] };
}

/** @param successor the command of the script that calls vault with the token that takes over */
const proofs = (successor: string, sent: readonly Sent[]): string =>
  `
# Prove that what takes over may do all that is needed, and only then revoke the root token.
may() {
  path=$1
  shift
  has=" $(${successor} token capabilities "$path" | tr ',\n' '  ') "
  for capability in "$@"; do
    case $has in
    *" $capability "* | *" root "*) ;;
    *) echo "what takes over lacks $capability on $path" >&2; return 1 ;;
    esac
  done
}
takes_over() {
${sent.map(({ path, capabilities }) => `  may ${word(path)} ${capabilities.map(word).join(" ")} &&`).join("\n")}
  ${successor} token lookup -format=json | grep -q '"orphan": true' &&
  ${successor} read sys/auth > /dev/null
}
root_gone() { as_root token lookup 2>&1 | grep -q 'Code: 403'; }
retire_root() {
  if root_gone; then return; fi
  takes_over
  as_root token revoke -self
  root_gone
}`.trim();

const revoke = "retire_root";

const afterLogin = (mount: string): string =>
  `
case $(vault token lookup -format=json | sed -n 's/.*"path": "\\([^"]*\\)".*/\\1/p') in
${word(`auth/${mount}/`)}*) retire_root ;;
*) echo ${word(`The root token stays: VAULT_TOKEN is not of a login at auth/${mount}`)} >&2 ;;
esac`.trim();
