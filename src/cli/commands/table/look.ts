import { exitCodes } from "../../../core/errors.ts";
import { fields, type FieldName } from "../../../config/fields.ts";
import { command, type Command } from "../command.ts";
import { doctorOptions, preflightOptions, statusOptions, supportBundleOptions, versionOptions } from "../own-options.ts";
import { stepIds } from "../../../config/step-id.ts";

const failed = exitCodes.failed;
const fieldNames = Object.keys(fields) as FieldName[];

/** Commands that look, and those that help at the terminal. */
export const look: readonly Command[] = [
  command({
    name: "status",
    group: "Look and help",
    summary: "Show Vault, its clusters' logins, operators, stores and secrets, and what each step would change",
    about:
      "Reads only. Shows the clusters that --cluster names, or all that the configuration file names; with --vault-addr or --vault-node and no cluster, Vault alone and the logins of the clusters that it knows. Ends with 2 where something is not ready or differs, or where one of several clusters cannot be asked: that one is shown with the reason, and hides no other. docs/status.md says what each line means.",
    manyClusters: true,
    options: statusOptions,
    steps: stepIds,
    vault: "any",
    fields: ["vaultNodes"],
    missingIs: exitCodes.differences,
    load: () => import("../status.ts"),
  }),
  command({
    name: "doctor",
    group: "Look and help",
    summary: "Find why a login or a sync fails, and the command that mends it",
    about:
      "Looks at everything on the way from Vault to the Secret, reads only, and names the cause, how sure it is, what was seen, and what to type. For a bare `permission denied` it asks Vault itself: with read on sys/monitor it hears the reason in Vault's log during a test login; without, it tries every cause from outside. Where nothing fits it says so, with what it saw. Ends with 1 where something is wrong. vault-k8s explain CODE says more of each cause.",
    steps: ["reviewer", "policy", "auth", "role", "store", "secret"],
    vault: "any",
    fields: ["vaultNodes"],
    missingIs: failed,
    load: () => import("../doctor.ts"),
    options: doctorOptions,
  }),
  command({
    name: "preflight",
    group: "Look and help",
    summary: "Say all at once what bootstrap needs and does not have",
    about:
      "Looks at rights in Kubernetes and Vault, versions, addresses, quotas and storage, and writes nothing. What is missing is printed with the roles and the policy that grant it, ready to apply. Where something has been done already, nothing is asked for it. Ends with 77 where a right is missing. docs/preflight.md says how it is found out.",
    steps: stepIds,
    vault: "choose",
    missingIs: failed,
    load: () => import("../preflight.ts"),
    options: preflightOptions,
  }),
  command({
    name: "support-bundle",
    group: "Look and help",
    summary: "Gather status, plan, versions, settings, events and logs, without secrets, into one file",
    about:
      "Reads only, and sends nothing to anybody. Values of Secrets in the namespaces concerned, the unseal keys, tokens and all that looks like a secret are taken out of every file; what could not be read stands in missing.json. Lists what it wrote. Look through it before you give it away.",
    steps: stepIds,
    options: supportBundleOptions,
    vault: "any",
    missingIs: failed,
    load: () => import("../support-bundle.ts"),
  }),
  command({
    name: "explain",
    group: "Look and help",
    summary: "Say more of an error or a cause: vault-k8s explain VK1203",
    about:
      "Prints what the docs of this version say of a code: VK and four digits for errors, VD and two for what doctor finds. Sends nothing.",
    steps: [],
    vault: "any",
    local: true,
    arguments: [{ name: "[CODE]", help: "Without it, all codes and their titles" }],
    missingIs: failed,
    load: () => import("../explain.ts"),
  }),
  command({
    name: "config view",
    group: "Look and help",
    summary: "Show every setting, its value and where it comes from",
    about:
      "Takes the flags of every command and sends nothing. Values that look like secrets are hidden; of the Vault token only the variable is named.",
    steps: stepIds,
    fields: fieldNames,
    vault: "any",
    missingIs: failed,
    load: () => import("../config-view.ts"),
  }),
  command({
    name: "config save",
    group: "Look and help",
    summary: "Write the settings of the command line into vault-k8s.yaml",
    about:
      "Takes the flags of every command and sends nothing. What the file says already stays, with its comments; where it names clusters, the settings go into the part of --cluster. Written is what differs from the file and from the defaults. What looks like a secret and what is for one run is named instead. With --dry-run the text goes to standard output.",
    steps: stepIds,
    fields: fieldNames,
    vault: "any",
    missingIs: failed,
    load: () => import("../config-save.ts"),
  }),
  command({
    name: "config compare",
    group: "Look and help",
    summary: "Show what a configuration file changes of another in the settings that want a review",
    about:
      "For pipelines, before a file of a pull request is used with credentials: the settings that say what is run, where keys and tokens go, which cluster, addresses and charts are meant, and which files are read, and what is in those files beside each of the two. Ends with 2 where any differs. Sends nothing. docs/ci.md has pipelines that use it.",
    steps: [],
    vault: "any",
    local: true,
    arguments: [
      { name: "BASE", help: "The file that counts, in a checkout of its own" },
      { name: "FILE", help: "The file that would take its place" },
    ],
    missingIs: failed,
    load: () => import("../config-compare.ts"),
  }),
  command({
    name: "schema",
    group: "Look and help",
    summary: "Print the JSON schema of vault-k8s.yaml, for editors",
    about: "An editor that knows the YAML language server takes it by a first line in vault-k8s.yaml: # yaml-language-server: $schema=FILE",
    steps: [],
    vault: "any",
    local: true,
    missingIs: failed,
    load: () => import("../schema.ts"),
  }),
  command({
    name: "completion",
    group: "Look and help",
    summary: "Print what a shell completes command lines with: commands, flags, contexts, clusters",
    about:
      "bash: source <(vault-k8s completion bash). zsh: source <(vault-k8s completion zsh). fish: vault-k8s completion fish | source. PowerShell: vault-k8s completion powershell | Out-String | Invoke-Expression. Put the line into the file that the shell reads when it starts. Contexts are those of the kubeconfig, clusters also those of vault-k8s.yaml; nothing is sent anywhere.",
    steps: [],
    vault: "any",
    local: true,
    arguments: [
      { name: "SHELL", help: "bash, zsh, fish or powershell" },
      { name: "[WORD...]", help: "For the scripts: with candidates as SHELL, the words up to the cursor" },
    ],
    missingIs: failed,
    load: () => import("../completion.ts"),
  }),
  command({
    name: "version",
    group: "Look and help",
    summary: "Show the version",
    about:
      "Without --servers nothing is read or sent. With it, the versions of helm, Kubernetes, Vault and the operator stand beside it, and what is older than what is supported; then it ends with 2.",
    steps: [],
    fields: ["helm", "operator", "operatorNamespace", "operatorRelease", "vaultNodes"],
    options: versionOptions,
    vault: "any",
    missingIs: failed,
    load: () => import("../version.ts"),
  }),
];
