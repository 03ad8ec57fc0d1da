import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { bin, home } from "./product.ts";

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const { version } = JSON.parse(read("package.json")) as { version: string };

/** Stands in for vault-k8s: notes what it was called with, and ends as PLAN, BOOTSTRAP say. What compares files is the product itself. */
const standIn = `#!/bin/sh
printf '%s\\n' "$*" >>"$CALLS"
case "$1 \${REAL-$2}" in
"config compare" | "config view" | *real) exec '${process.execPath}' '${bin}' "$@" ;;
esac
echo "progress" >&2
case $1 in
plan) printf '%b' "$PLAN"; exit "\${PLAN_EXIT-0}" ;;
bootstrap) echo "✔ role written"; exit "\${BOOTSTRAP_EXIT-0}" ;;
--version) echo "\${VERSION-none}" ;;
esac
`;

/** A package manager that writes down where it ran, and installs a stand-in of the version in INSTALLS. */
const npm = `#!/bin/sh
printf '%s in %s\\n' "$*" "$PWD" >>"$CALLS"
mkdir -p "$3/node_modules/.bin"
printf '#!/bin/sh\\necho %s\\n' "$INSTALLS" >"$3/node_modules/.bin/vault-k8s"
chmod 755 "$3/node_modules/.bin/vault-k8s"
`;

let made = 0;

function program(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

/** A folder with a checkout of a request, one of the base branch, and the programs. */
function place(base: string | undefined, head: string, { withVaultK8s = true } = {}) {
  const at = join(home, `pipeline-${made++}`);
  for (const folder of ["head", "base", "bin"]) mkdirSync(join(at, folder), { recursive: true });
  if (withVaultK8s) program(join(at, "bin/vault-k8s"), standIn);
  program(join(at, "bin/npm"), npm);
  if (base !== undefined) writeFileSync(join(at, "base/vault-k8s.yaml"), base);
  writeFileSync(join(at, "head/vault-k8s.yaml"), head);
  const file = (name: string): string => (existsSync(join(at, name)) ? readFileSync(join(at, name), "utf8") : "");
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { status, stdout, stderr } = spawnSync("sh", args, {
      cwd: join(at, "head"),
      encoding: "utf8",
      env: {
        PATH: `${join(at, "bin")}:${dirname(process.execPath)}:/usr/bin:/bin`,
        HOME: home,
        CALLS: join(at, "calls"),
        PLAN: "",
        GITHUB_STEP_SUMMARY: join(at, "summary"),
        GITHUB_OUTPUT: join(at, "output"),
        GITHUB_PATH: join(at, "path"),
        ...env,
      },
    });
    const calls = file("calls")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("config "));
    return { status, stdout, stderr, calls, summary: file("summary"), output: file("output"), path: file("path") };
  };
  return { at, run };
}

const ci = (name: string): string => join(root, "ci", name);
const onGitHub = (where: ReturnType<typeof place>, event: string, env: Readonly<Record<string, string>> = {}) =>
  where.run([ci("github.sh"), "../base", "vault-k8s.yaml", "main"], { GITHUB_EVENT_NAME: event, GITHUB_REF: "refs/heads/main", ...env });

const wired = "vault: { addr: https://vault.example:8200 }\n";
const clustered = `${wired}cluster: eks-prod\n`;

describe("a pull request on GitHub", () => {
  it("is planned, and the summary is the plan", () => {
    const ran = onGitHub(place(wired, `${wired}role: { tokenTtl: 2h }\n`), "pull_request", {
      PLAN: "token_ttl: 3600 → 7200\n",
      PLAN_EXIT: "2",
    });
    expect(ran).toMatchObject({
      status: 0,
      calls: ["plan --config vault-k8s.yaml --no-input --detailed-exitcode"],
      output: "result=planned\n",
    });
    expect(ran.summary).toBe("## vault-k8s: what this request would change\n\n    token_ttl: 3600 → 7200\n\n\n");
  });

  it("runs nothing where it changes what steers, and the summary shows that", () => {
    const ran = onGitHub(place(wired, "helm: ./helm.sh\nvault: { addr: https://evil.example }\n"), "pull_request");
    expect(ran).toMatchObject({ status: 0, calls: [], output: "result=review\n" });
    expect(ran.summary).toContain("**Nothing was run with them.**");
    expect(ran.summary).toContain("    vault.addr: https://vault.example:8200 → https://evil.example\n    helm: - → ./helm.sh\n");
    expect(ran.stdout).toContain("::warning title=vault-k8s::");
  });

  it("that brings the first file is for people to read, and so is one that is a link", () => {
    expect(onGitHub(place(undefined, wired), "pull_request")).toMatchObject({ calls: [], output: "result=review\n" });
    const linked = place(wired, wired);
    symlinkSync("/etc/hostname", join(linked.at, "head/link.yaml"));
    const ran = linked.run([ci("github.sh"), "../base", "link.yaml", "main"], { GITHUB_EVENT_NAME: "pull_request" });
    expect(ran).toMatchObject({ status: 65, calls: [], output: "result=failed\n" });
  });

  it("cannot write markup into the summary, nor give the runner commands", () => {
    const PLAN = "```\\n<img src=x>\\n::add-path::/evil\\n";
    const ran = onGitHub(place(wired, wired), "pull_request", { PLAN, PLAN_EXIT: "2" });
    expect(ran.summary.split("\n").filter((line) => /^ {0,3}\S/.test(line))).toEqual(["## vault-k8s: what this request would change"]);
    const lines = ran.stdout.trimEnd().split("\n");
    const [, word] = /^::stop-commands::([0-9a-f]{32})$/.exec(lines[0]!)!;
    expect([lines.at(-1), lines.includes("::add-path::/evil")]).toEqual([`::${word}::`, true]);
  });

  it("whose plan fails ends as the plan did, with its words", () => {
    const ran = onGitHub(place(wired, wired), "pull_request", { PLAN_EXIT: "69" });
    expect([ran.status, ran.output]).toEqual([69, "result=failed\n"]);
    expect(ran.summary).toContain("no plan could be made\n\n    progress\n");
  });

  it("names the cluster where it was said", () => {
    const ran = place(wired, wired).run([ci("github.sh"), "../base", "vault-k8s.yaml", "main", "eks prod"], {
      GITHUB_EVENT_NAME: "pull_request",
    });
    expect(ran.calls).toEqual(["plan --config vault-k8s.yaml --cluster eks prod --no-input --detailed-exitcode"]);
    expect(ran.summary).toContain("nothing to change");
  });
});

describe("the command lines", () => {
  // With --detailed-exitcode every error of plan is 1.
  it.each<[string, number]>([
    ["pull_request", 1],
    ["push", 65],
  ])("on %s are understood by the product itself", (event, exit) => {
    const ran = onGitHub(place(clustered, clustered), event, { REAL: "real", KUBECONFIG: "/none" });
    expect([ran.status, ran.summary]).toEqual([exit, expect.stringContaining("VK1101") as string]);
  });
});

describe("on the branch that counts", () => {
  it("it is applied", () => {
    const ran = onGitHub(place(undefined, wired), "push");
    expect(ran).toMatchObject({ status: 0, calls: ["bootstrap --config vault-k8s.yaml --no-input"], output: "result=applied\n" });
    expect(ran.summary).toContain("## vault-k8s: done\n\n    progress\n    ✔ role written\n");
  });

  it("a run that stopped ends as it did", () => {
    const ran = onGitHub(place(undefined, wired), "push", { BOOTSTRAP_EXIT: "75" });
    expect([ran.status, ran.output]).toEqual([75, "result=failed\n"]);
    expect(ran.summary).toContain("stopped with 75");
  });

  it("nothing is applied whose unseal keys would go away with the machine", () => {
    const ran = onGitHub(place(undefined, "namespace: shop\n"), "push");
    expect([ran.status, ran.calls, ran.summary]).toEqual([65, [], expect.stringContaining("keys.kubernetesSecret") as string]);
    expect(onGitHub(place(undefined, "keys: { kubernetesSecret: vault/keys }\n"), "push").calls).toHaveLength(1);
  });

  it.each([
    ["push", "refs/heads/other"],
    ["push", "refs/tags/main"],
    ["pull_request_target", "refs/heads/main"],
    ["workflow_run", "refs/heads/main"],
  ])("nothing is run on %s of %s", (event, GITHUB_REF) => {
    expect(onGitHub(place(wired, wired), event, { GITHUB_REF })).toMatchObject({ status: 64, calls: [], output: "" });
  });
});

describe("setting it up", () => {
  const setUp = (wanted: string, env: Readonly<Record<string, string>>, withVaultK8s = false) => {
    const where = place(undefined, "", { withVaultK8s });
    return { at: where.at, ...where.run([ci("setup.sh"), wanted, join(where.at, "tools")], env) };
  };

  it("installs one exact version, outside of the checkout and without its scripts", () => {
    const { at, ...ran } = setUp("0.2.0", { INSTALLS: "0.2.0" });
    const tools = join(at, "tools");
    expect(ran.calls).toEqual([`install --prefix ${tools} --ignore-scripts --no-audit --no-fund vault-k8s@0.2.0 in ${tools}`]);
    expect([ran.status, ran.path]).toEqual([0, `${tools}/node_modules/.bin\n`]);
  });

  it("takes what the machine brings along, where it is that version", () => {
    expect(setUp("0.2.0", { VERSION: "0.2.0" }, true)).toMatchObject({ status: 0, calls: ["--version"], path: "" });
  });

  it("refuses another version than was asked for, and what is none", () => {
    expect(setUp("0.2.0", { INSTALLS: "0.3.0" })).toMatchObject({ status: 1, path: "" });
    for (const wanted of ["latest", "^0.2.0", "0.2", "https://evil.example/x.tgz", "0.2.0 other"])
      expect(setUp(wanted, {})).toMatchObject({ status: 64, calls: [] });
  });
});

interface Job {
  readonly script: readonly string[];
  readonly before_script?: readonly string[];
  readonly rules: readonly { readonly if: string }[];
}

describe("the template for GitLab", () => {
  const [spec, jobs] = parseAllDocuments(read("ci/gitlab.yml")).map((each) => each.toJS() as Record<string, Job>);
  const { inputs } = spec!["spec"] as unknown as { inputs: Record<string, { default?: string }> };
  const plan = jobs!["vault-k8s-plan"]!;
  const apply = jobs!["vault-k8s-apply"]!;
  const before = jobs![".vault-k8s"]!.before_script!;
  const lines = (all: readonly string[]): string =>
    all.join("\n").replaceAll(/\$\[\[ inputs\.([a-z-]+) \]\]/g, (_, name: string) => inputs[name]!.default!);

  it("installs the version of this package, and plans on merge requests alone", () => {
    expect(inputs["version"]!.default).toBe(version);
    expect(plan.rules).toEqual([{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }]);
    expect(apply.rules).toEqual([{ if: '$CI_PIPELINE_SOURCE != "merge_request_event" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' }]);
  });

  /** What its jobs run, on a clone whose origin has the target branch; the shell of the package is that of this checkout. */
  function job(script: readonly string[], base: string, head: string) {
    const where = place(base, head);
    const git = (folder: string, ...args: string[]) => {
      const { status, stderr } = spawnSync("git", ["-c", "user.name=t", "-c", "user.email=t@t.example", ...args], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(status, stderr).toBe(0);
    };
    git(join(where.at, "base"), "init", "-q", "-b", "main");
    git(join(where.at, "base"), "add", ".");
    git(join(where.at, "base"), "commit", "-qm", "base");
    git(join(where.at, "head"), "init", "-q");
    git(join(where.at, "head"), "remote", "add", "origin", join(where.at, "base"));
    git(join(where.at, "head"), "commit", "-qm", "head", "--allow-empty");
    program(
      join(where.at, "bin/npm"),
      `${npm}ln -s '${root}' "$3/node_modules/vault-k8s"\ncp '${join(where.at, "bin/vault-k8s")}' "$3/node_modules/.bin/"\n`,
    );
    writeFileSync(join(where.at, "job.sh"), `set -e\n${lines([...before, ...script])}\n`);
    const env = {
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
      PIPELINE_FILE: "vault-k8s.yaml",
      PIPELINE_CLUSTER: "",
      PLAN: "a → b\n",
      PLAN_EXIT: "2",
    };
    const ran = where.run([join(where.at, "job.sh")], env);
    const summary = (name: string): string => readFileSync(join(where.at, "head", name), "utf8");
    return { ...ran, calls: ran.calls.filter((call) => !call.startsWith("install ")), installed: ran.calls[0], summaryIn: summary };
  }

  it("plans against the newest commit of the target branch", () => {
    const ran = job(plan.script, wired, `${wired}namespace: shop\n`);
    expect([ran.status, ran.calls], ran.stderr).toEqual([0, ["plan --config vault-k8s.yaml --no-input --detailed-exitcode"]]);
    expect(ran.installed).toContain(`vault-k8s@${version} in /tmp/`);
    expect(ran.summaryIn("vault-k8s-plan.md")).toContain("    a → b\n");
  });

  it("runs nothing where the request changes what steers, and ends with the code that makes the job orange", () => {
    const ran = job(plan.script, wired, "vault: { addr: https://evil.example }\n");
    expect([ran.status, ran.calls], ran.stderr).toEqual([2, []]);
    expect(ran.summaryIn("vault-k8s-plan.md")).toContain("→ https://evil.example");
  });

  it("applies", () => {
    const ran = job(apply.script, wired, wired);
    expect([ran.status, ran.calls], ran.stderr).toEqual([0, ["bootstrap --config vault-k8s.yaml --no-input"]]);
    expect(ran.summaryIn("vault-k8s-apply.md")).toContain("## vault-k8s: done");
  });
});

describe("the action for GitHub", () => {
  const text = read("action.yml");
  const { runs, inputs, outputs } = parse(text) as {
    runs: { steps: { uses?: string; run?: string; shell?: string }[] };
    inputs: Record<string, unknown>;
    outputs: Record<string, unknown>;
  };

  it("runs no other action but by its commit, and takes no input into a shell but by the environment", () => {
    const uses = runs.steps.flatMap((step) => step.uses ?? []);
    expect(uses).toHaveLength(2);
    for (const action of uses) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
    for (const { run = "", uses: other } of runs.steps) expect([run.includes("${{"), other === undefined]).toEqual([false, run !== ""]);
    expect(`${text}${read("docs/ci.md")}`).not.toMatch(/^\s*pull_request_target:/m);
  });

  it("is described in docs/ci.md with every input, output and action that it names", () => {
    const doc = read("docs/ci.md");
    for (const name of [...Object.keys(inputs), ...Object.keys(outputs)]) expect(doc).toContain(`\`${name}\``);
    for (const [, used = ""] of doc.matchAll(/uses: (\S+)/g))
      expect(used).toMatch(new RegExp(`^(OWNER/vault-k8s@v${version}|[\\w-]+/[\\w-]+@[0-9a-f]{40})$`));
  });
});
