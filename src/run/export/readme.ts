import { word } from "../../core/shell.ts";
import { chartArgs } from "../../systems/chart.ts";
import { laterCa, type Content } from "../../systems/content.ts";
import type { ExportedFile } from "./file.ts";
import { keyOf, secretName } from "./flux.ts";
import { shellFiles, type Format } from "./format.ts";
import { folders } from "./objects.ts";
import type { ExportedRelease } from "./releases.ts";
import { vaultCommands } from "./vault.ts";
import { helmIn, kubectlIn } from "../../systems/kubectl.ts";

export interface ReadmeInput {
  readonly cluster: string;
  readonly context: string;
  readonly format: Format;
  readonly contents: readonly Content[];
  readonly releases: readonly ExportedRelease[];
  readonly custom: boolean;
  readonly scripts: readonly ExportedFile[];
  readonly ca: { readonly namespace: string; readonly secret: string };
  /** Files that name the CA of Vault without knowing it. */
  readonly lackCa: readonly string[];
}

/** In a shell of its own, that ends at the first line that fails: what is secret lies in no folder that is kept in Git, and goes with the shell. */
const aside = ["set -eu", "cd vault", "umask 077", "work=$(mktemp -d)", `trap 'rm -rf "$work"' EXIT`, "trap 'exit 1' HUP INT TERM"];

const block = (lines: readonly string[]): string => `\`\`\`sh\n${lines.join("\n")}\n\`\`\``;

/** The few commands that bring an export into a cluster and into Vault, in their order. */
export function readme(input: ReadmeInput): ExportedFile {
  const installsVault = input.releases.some(({ waits }) => !waits);
  const parts = [
    `# Vault and cluster ${input.cluster}`,
    "Everything that wires the cluster to Vault, made by `vault-k8s export`. It holds no secrets and can be kept in Git.",
    "## The cluster",
    ...byFormat[input.format](input),
    ...certificate(input),
    ...leftOut(input),
    "## Vault",
    ...(installsVault
      ? [
          "Vault's pods start sealed. Initialise and unseal them once (`vault operator init`, or `vault-k8s operator init` and `operator unseal`), then, with `VAULT_ADDR` and a token set:",
        ]
      : ["With `VAULT_ADDR` and a token set:"]),
    block(["(", ...aside, ...vaultCommands(input.contents), ")"]),
    "The reviewer's token is the one secret here. It goes from its Secret in the cluster to Vault, by a folder of its own outside of this one, which goes at the end, and also where a line fails.",
    "A `vault-k8s bootstrap` afterwards takes over what stands here, and notes which token Vault was given; it is not needed.",
  ];
  return { path: "README.md", text: `${parts.join("\n\n")}\n` };
}

/** What is made by a shell, for those who let a controller apply the rest. */
function certificate({ format, scripts, lackCa, ...input }: ReadmeInput): string[] {
  if (format === "yaml" || format === "kustomize" || scripts.length + lackCa.length === 0) return [];
  return [
    "Vault's certificate is a secret, and so in no file here. The first script makes it, once Vault's namespace is there; the second has the pods serve it, when the chart has made them. The last line, where there is one, puts Vault's CA into the files that name it: commit them then.",
    block([...runs(scripts, "before"), ...runs(scripts, "after"), ...caLines({ lackCa, ...input })]),
  ];
}

const runs = (scripts: readonly ExportedFile[], when: keyof typeof shellFiles): string[] =>
  scripts.some(({ path }) => path === shellFiles[when]) ? [`sh ${shellFiles[when]}`] : [];

/** Puts the CA into the files that name it. */
const caLines = ({ context, ca, lackCa }: Pick<ReadmeInput, "context" | "ca" | "lackCa">): string[] =>
  lackCa.length === 0
    ? []
    : [
        `ca=$(${kubectlIn(context)} -n ${word(ca.namespace)} get secret ${word(ca.secret)} -o 'jsonpath={.data.ca\\.crt}')`,
        ...lackCa.map((file) => `sed "s,${laterCa},$ca," ${word(file)} > filled && mv filled ${word(file)}`),
      ];

type Part = (input: ReadmeInput) => readonly string[];

const byHand =
  (flag: "-f" | "-k"): Part =>
  ({ context, releases, custom, scripts, ca, lackCa }) => {
    const apply = (folder: string): string => `${kubectlIn(context)} apply --server-side --field-manager=vault-k8s ${flag} ${folder}`;
    const waits = releases.filter((release) => release.waits).map((release) => rollout(release, context));
    return [
      ...(scripts.length > 0
        ? ["Vault's certificate is a secret, and so in no file here: the scripts make it, and have the pods serve it."]
        : []),
      block([
        apply(folders.base),
        ...runs(scripts, "before"),
        ...releases.map((release) => helm(release, context)),
        ...runs(scripts, "after"),
      ]),
      ...(custom
        ? [
            "When the operator serves its kinds, which is a moment after its pods are ready:",
            block([...waits, ...caLines({ context, ca, lackCa }), apply(folders.custom)]),
          ]
        : []),
    ];
  };

const byFormat: Readonly<Record<Format, Part>> = {
  yaml: byHand("-f"),
  kustomize: byHand("-k"),
  argocd: () => [
    "Point an Application of yours at this folder: its `kustomization.yaml` holds an Application for each Helm release, and the objects in waves around them. Charts without a version follow the newest (`*`): pin `targetRevision` before you rely on it.",
  ],
  flux: () => [
    "Commit the folder, and let Flux apply `flux/kustomization-*.yaml`. They name the GitRepository `flux-system`, and the path that was said with `--repo-path`. Charts without a version follow the newest (`*`): pin `version` before you rely on it.",
  ],
};

const rollout = ({ name, namespace }: ExportedRelease, context: string): string =>
  `${kubectlIn(context)} -n ${word(namespace)} rollout status deployment -l ${word(`app.kubernetes.io/instance=${name}`)}`;

function helm({ name, namespace, chart, leftOut: secrets }: ExportedRelease, context: string): string {
  const files = secrets.map((path) => `--set-file ${word(`${path}=FILE`)}`);
  return [
    "helm",
    "upgrade --install",
    word(name),
    ...chartArgs(chart).map(word),
    ...helmIn(context).map(word),
    "-n",
    word(namespace),
    "--create-namespace",
    "-f",
    `helm/${name}.values.yaml`,
    ...files,
  ].join(" ");
}

function leftOut({ releases, format }: ReadmeInput): string[] {
  const some = releases.filter((release) => release.leftOut.length > 0);
  if (some.length === 0) return [];
  const lines = some.flatMap(({ name, namespace, leftOut: paths }) =>
    paths.map(
      (path, index) =>
        `- \`${path}\` of release ${name}${format === "flux" ? `: key \`${keyOf(index)}\` of Secret ${namespace}/${secretName(name)}` : ""}`,
    ),
  );
  return ["These values look like secrets and were left out; give them in your own way:", lines.join("\n")];
}
