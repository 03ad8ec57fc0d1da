import { spawnSync } from "node:child_process";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { bin, home, vaultK8s } from "./product.ts";

const folder = join(home, "completion");
const kubeconfig = join(folder, "kubeconfig");
const path = `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`;

beforeAll(async () => {
  await mkdir(join(folder, "bin"), { recursive: true });
  // The tests run on the Node that they were started with.
  await writeFile(join(folder, "bin/node"), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  await chmod(join(folder, "bin/node"), 0o755);
  await symlink(bin, join(folder, "bin/vault-k8s")).catch(() => undefined);
  const contexts = ["prod", "arn:aws:eks:eu-west-1:1234:cluster/shop", "gke_project_zone_staging", "evil\nname", "quo'te"];
  await writeFile(kubeconfig, JSON.stringify({ contexts: contexts.map((name) => ({ name, context: {} })) }));
  await writeFile(join(folder, "vault-k8s.yaml"), "clusters:\n  eks-prod: {}\n");
  await writeFile(join(folder, "values.yaml"), "");
});

const words = async (...typed: string[]): Promise<string[]> =>
  (await vaultK8s(["completion", "candidates", "--", ...typed], { cwd: folder, env: { KUBECONFIG: kubeconfig } })).stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split("\t")[0] ?? "");

describe("what may follow", () => {
  it.each<[string[], string[]]>([
    [["op"], ["operator"]],
    [
      ["operator", ""],
      ["init", "unseal", "retire-root", "renew-token", "generate-root"],
    ],
    [
      ["--context", "prod", "ver"],
      ["verify", "version"],
    ],
    [
      ["status", "--vault-n"],
      ["--vault-node", "--vault-namespace"],
    ],
    [
      ["bootstrap", "--operator", ""],
      ["eso", "kes"],
    ],
    [["bootstrap", "--operator=k"], ["--operator=kes"]],
    [["status", "-o", "w"], ["wide"]],
    [
      ["status", "--cluster", ""],
      ["eks-prod", "prod", "shop", "staging"],
    ],
    [["status", "--context", "arn"], ["arn:aws:eks:eu-west-1:1234:cluster/shop"]],
    [["completion", "z"], ["zsh"]],
    [["install", "--no-anti"], ["--no-anti-affinity"]],
    [["nonsense", ""], []],
    [["bootstrap", "--chart-version", ""], []],
  ])("%j: %j", async (typed, wanted) => expect((await words(...typed)).sort()).toEqual(wanted.sort()));

  it("says nothing of a kubeconfig or a file that is broken", async () => {
    const broken = join(folder, "broken");
    await writeFile(broken, "{ not: [yaml");
    for (const flag of ["--context", "--cluster"]) {
      const run = await vaultK8s(["completion", "candidates", "--", "status", flag, ""], {
        cwd: folder,
        env: { KUBECONFIG: broken, VAULT_K8S_CONFIG: broken },
      });
      expect(run).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    }
  });

  it("is said for no other shell", async () => {
    const run = await vaultK8s(["completion", "tcsh"]);
    expect([run.exitCode, run.stderr]).toEqual([64, expect.stringContaining("bash, zsh, fish, powershell") as string]);
  });
});

/** A shell that loads the script and completes a line, each candidate on a line. */
const ways: Readonly<Record<string, (line: string) => string>> = {
  bash: (line) => `source <(vault-k8s completion bash)
COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}
IFS=$' \\t\\n' read -r -a COMP_WORDS <<< "\${COMP_LINE//:/ : }"; [[ "$COMP_LINE" == *' ' ]] && COMP_WORDS+=("")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_vault_k8s; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (line) => `autoload -U compinit; compinit -u -d ${join(folder, "zcompdump")}
_describe() { local -a all; all=("\${(@P)4}"); print -rl -- "\${all[@]}" }
_files() { print files }
source <(vault-k8s completion zsh)
words=(\${(z)$(print -r -- '${line}')}); [[ '${line}' == *' ' ]] && words+=("")
CURRENT=\${#words}; _vault_k8s`,
  fish: (line) => `vault-k8s completion fish | source; complete -C '${line}'`,
};

const installed = (shell: string): boolean => spawnSync(shell, ["-c", "exit 0"]).status === 0;

describe.each(Object.keys(ways))("in a real %s", (shell) => {
  const complete = (line: string): string[] => {
    const { stdout, stderr } = spawnSync(shell, ["-c", ways[shell]!(line)], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: path, HOME: home, KUBECONFIG: kubeconfig, LANG: "C.UTF-8" },
    });
    expect(stderr).toBe("");
    return stdout.split("\n").filter(Boolean);
  };

  // zsh and fish are not everywhere; bash is.
  it.runIf(shell === "bash" || installed(shell))("commands, flags, choices, clusters and contexts are completed", () => {
    expect(complete("vault-k8s boot").join()).toContain("bootstrap");
    expect(complete("vault-k8s operator ").join("\n")).toMatch(/init[^]*retire-root|retire-root[^]*init/);
    expect(complete("vault-k8s status --vault-no").join()).toContain("--vault-node");
    expect(complete("vault-k8s status --cluster eks").join()).toContain("eks-prod");
    expect(complete("vault-k8s bootstrap --operator k").join()).toContain("kes");
    // bash takes : for the end of a word, and replaces what follows it only.
    expect(complete("vault-k8s status --context arn:aws").join()).toContain(
      "aws:eks:eu-west-1:1234:cluster/shop".replaceAll(":", shell === "zsh" ? "\\:" : ":"),
    );
  });
});
