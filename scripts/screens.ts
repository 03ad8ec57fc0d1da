/** npm run screens: the pictures of the README, from a real run in a lab of its own. Needs what the lab needs; see test/lab/README.md. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execaSync } from "execa";
import { screen } from "./screens/svg.ts";

const folder = join(import.meta.dirname, "../docs/screens");
const env = { LAB_NAME: "screens", LANG: "C.UTF-8" };
const lab = (args: readonly string[]): string =>
  execaSync(process.execPath, ["test/lab/lab.ts", ...args], { env, all: true, reject: false, stripFinalNewline: false }).all;

/** Runs a command in the lab as a person sees it when it has ended: what is only passing is not shown. */
function picture(name: string, command: string): void {
  const output = lab(["run", "sh", "-c", `${command} --color always 2>&1`]);
  const lasting = output
    // Where a person's own keys are kept, instead of the lab's.
    .replaceAll(/\/[^\s]*\/data\/vault-k8s\//g, "~/.local/share/vault-k8s/")
    .split("\n")
    .filter((line) => !/^ *…(?!.*known later)/.test(stripVTControlCharacters(line)));
  writeFileSync(join(folder, `${name}.svg`), screen(command, lasting.join("\n")));
}

mkdirSync(folder, { recursive: true });
console.log(lab(["up"]));
try {
  picture("bootstrap", "vault-k8s bootstrap --cluster eks-prod");
  picture("plan", "vault-k8s plan --cluster eks-prod --secret db --token-ttl 2h --kv-prefix team/");
  picture("status", "vault-k8s status --cluster eks-prod");
  lab(["run", "kubectl", "--context", "eks-prod", "delete", "clusterrolebinding", "vault-k8s-k8s-eks-prod-auth-delegator"]);
  picture("doctor", "vault-k8s doctor --cluster eks-prod");
} finally {
  lab(["down"]);
}
