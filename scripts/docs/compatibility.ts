import { profiles, type Profile } from "../../test/fakes/vault/profile.ts";
import { recipeOf, type Component } from "../../test/lab/build/recipes.ts";
import { consumerKinds } from "../../src/consumers/kinds.ts";
import { oldest } from "../../src/systems/oldest-versions.ts";
import { code, generated, tableOf } from "./markdown.ts";

/** How it is known that something works: real programs that tests run, stand-ins that tests run, or what its makers say, which no test tries. */
type Proof = "lab" | "stand-in" | "docs";

/** One line of the table. */
export interface Compatibility {
  readonly system: string;
  readonly versions: string;
  readonly proof: Proof;
  /** Tests that run it, from the checkout. */
  readonly tests: readonly string[];
  readonly note: string;
}

const proofs: Readonly<Record<Proof, string>> = {
  lab: "seen, on the real thing",
  "stand-in": "seen, on a stand-in",
  docs: "promised by its docs",
};

const inLab = (system: string, component: Component, tests: readonly string[], note: string): Compatibility => ({
  system,
  versions: recipeOf(component).version,
  proof: "lab",
  tests: tests.map((name) => `test/lab/suites/${name}.lab.test.ts`),
  note,
});

const onFake = (system: string, name: Profile["name"], note: string): Compatibility => ({
  system,
  versions: profiles[name].version,
  proof: "stand-in",
  tests: ["test/contract/servers.test.ts"],
  note,
});

const promised = (system: string, versions: string, note: string): Compatibility => ({ system, versions, proof: "docs", tests: [], note });

/** What it works with, and how that is known. Versions of the lab and of its stand-ins are theirs: they cannot be said otherwise here. */
export const compatibility: readonly Compatibility[] = [
  inLab("Kubernetes", "kubernetes", ["main-job", "nodes"], "Two clusters; every suite of the lab runs on it"),
  promised("Kubernetes", `${oldest.kubernetes.version} and newer`, oldest.kubernetes.because),
  inLab("Vault", "vault", ["main-job", "same-as-real"], "Three nodes on integrated storage"),
  onFake("Vault", "vault-2", "Behaves as its docs say; root generation wants a token there"),
  promised(
    "Vault",
    `${oldest.vault.version} and newer, Enterprise too`,
    "The oldest that sees to it that a token was reviewed for the role's audience",
  ),
  onFake("OpenBao", "openbao-2.6", "The stand-in answers as a real server of that version was seen to"),
  promised("OpenBao", "any", "It comes from Vault 1.14"),
  inLab("External Secrets", "external-secrets", ["main-job", "doctor"], "`external-secrets.io/v1`"),
  {
    system: "External Secrets",
    versions: "before 0.16",
    proof: "stand-in",
    tests: ["test/contract/old-operator.test.ts"],
    note: "`external-secrets.io/v1beta1`",
  },
  promised("External Secrets", `${consumerKinds.eso.oldest?.version ?? "any"} and newer`, "It serves one of these two"),
  {
    system: "kubernetes-external-secrets",
    versions: "archived",
    proof: "stand-in",
    tests: ["test/lab/suites/operator-kes.lab.test.ts"],
    note: "A controller of the lab's own that logs in and writes as it does",
  },
  inLab("helm", "helm4", ["main-job", "install"], ""),
  inLab("helm", "helm3", ["install", "single-commands"], "`--helm` names it"),
  promised("helm", `${oldest.helm.version} and newer`, oldest.helm.because),
];

/** docs/compatibility.md */
export function compatibilityPage(): string {
  const rows = compatibility.map(({ system, versions, proof, tests, note }) => [
    system,
    versions,
    proofs[proof],
    note,
    tests.map(code).join(" "),
  ]);
  return `${generated}

# What it works with

"Seen" is what a test of this checkout runs: real programs in [the lab](../test/lab/README.md), or a stand-in where the real thing cannot be had there. "Promised by its docs" is what follows from what its makers
write, and from the oldest version that has what is used ([why](preflight.md#versions)); no test tries it. \`vault-k8s preflight\` and \`vault-k8s version --servers\` say which of them a cluster has.

${tableOf(["", "version", "how it is known", "", "tests"], rows)}

Node.js: the package on 22.19, and on the newest of 22, 24 and 26, by \`npm run packaging\`; all tests run on 24. The charts of the lab are its own: they look from outside as HashiCorp's and External Secrets' do.
`;
}
