import { exitCodes } from "../core/errors.ts";
import { fields, type FieldName } from "../config/fields.ts";
import type { StepId } from "../steps/index.ts";
import type { Command } from "./command.ts";

/** Settings that every command takes that touches a cluster or Vault. */
export const targetFields: readonly FieldName[] = [
  "cluster",
  "context",
  "kubeconfig",
  "namespace",
  "vaultAddr",
  "vaultContext",
  "install",
  "consumerVaultAddr",
  "vaultTokenFile",
  "vaultNamespace",
  "caCert",
  "installNamespace",
  "release",
  "initFile",
  "keysAgeIdentity",
  "keysReadCommand",
  "keysCommandTimeout",
  "keysKubernetesSecret",
];

/** Settings of how a run behaves. */
export const runFields: readonly FieldName[] = [
  "config",
  "output",
  "dryRun",
  "printCommands",
  "yes",
  "noInput",
  "timeout",
  "color",
  "quiet",
  "verbose",
];

/** The settings that name what bootstrap made. */
const teardownFields: readonly FieldName[] = [
  "operator",
  "operatorNamespace",
  "operatorRelease",
  "reviewerNamespace",
  "reviewerServiceAccount",
  "kvMount",
  "kvPrefix",
  "policyName",
  "authMount",
  "storeName",
  "storeKind",
  "helm",
];

const all: readonly StepId[] = [
  "install",
  "operator-init",
  "operator-unseal",
  "audit",
  "external-secrets",
  "reviewer",
  "kv",
  "policy",
  "auth",
  "role",
  "store",
  "secret",
  "retire-root",
  "verify",
];
const failed = exitCodes.failed;
const fieldNames = Object.keys(fields) as FieldName[];
const steps = () => import("./run-steps.ts");
const step = { group: "Its steps, each alone", vault: "any", missingIs: failed, load: steps } as const;

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  {
    name: "init",
    group: "One command for all",
    summary: "Set up in a few questions: look, propose, show the plan, write vault-k8s.yaml",
    about:
      "Looks at the cluster first, and proposes what fits. Esc goes back a question; Ctrl-C leaves without a trace. At the end it shows the plan, writes vault-k8s.yaml with comments, prints the command that does the same, and offers to run it. With a vault-k8s.yaml or a half-finished set-up it goes on from there. It needs a terminal. docs/wizard.md walks through it.",
    steps: [],
    vault: "choose",
    missingIs: exitCodes.done,
    load: () => import("./init.ts"),
  },
  {
    name: "bootstrap",
    group: "One command for all",
    summary: "Take a cluster from nothing to applications that get secrets from Vault",
    about:
      "Runs all the steps in their order. What is there already stays as it is, so it may be run again, and after an interruption it goes on where it stopped. With --vault-addr or --vault-context an existing Vault is used, and nothing is installed, initialised or unsealed.",
    steps: all,
    vault: "choose",
    fields: ["preflight"],
    missingIs: exitCodes.done,
    load: () => import("./bootstrap.ts"),
  },
  {
    name: "plan",
    group: "One command for all",
    summary: "Show what bootstrap would change, as a diff, and change nothing",
    about:
      "Policies and rendered manifests are shown as a diff of lines, everything else field by field, secret values only as fingerprints that are good for nothing but comparing within one run. What is known only when a step before it was done is shown as it is expected. With --print-commands the plan goes to standard error, and standard output is a shell script that does the same.",
    steps: all,
    vault: "choose",
    missingIs: exitCodes.done,
    load: () => import("./plan.ts"),
    options: [
      { flag: "out", value: "FILE", help: "Also keep the plan in FILE, for apply; it holds no secret values" },
      { flag: "detailed-exitcode", help: "End with 0 when there is nothing to change, 2 when there is, 1 on an error" },
    ],
  },
  {
    name: "apply",
    group: "One command for all",
    summary: "Do what a plan says, if it is still what would be done",
    about:
      "The plan is made again with the settings that it holds; anything that differs stops the run before the first write. Values of --set and --operator-set that look like secrets are not in a plan: they are asked for, or given again.",
    steps: [],
    fields: ["helm", "set", "operatorSet", "preflight"],
    arguments: [{ name: "FILE", help: "What plan --out wrote" }],
    vault: "choose",
    missingIs: exitCodes.done,
    load: () => import("./apply.ts"),
  },
  {
    name: "export",
    group: "One command for all",
    summary: "Write what bootstrap would make as files, for those who keep such things in Git",
    about:
      "Manifests, Helm values, and Vault's side as HCL and JSON, with a README of the few commands that apply them. No file holds a secret value: the reviewer's token is read from its Secret when it is needed. Reads only what it must know of the cluster: its UID, its CA, what is served, and the address of Vault. Files that it did not write, or that were changed since, are never overwritten.",
    steps: all,
    options: [
      { flag: "format", value: "FORMAT", help: "yaml, kustomize, argocd or flux (default: kustomize)" },
      { flag: "out", value: "DIR", help: "Write the files there; without it the manifests go to standard output" },
      { flag: "repo-path", value: "PATH", help: "Where DIR lies in the repository, for Flux (default: DIR)" },
    ],
    vault: "choose",
    missingIs: exitCodes.done,
    load: () => import("./export.ts"),
  },
  {
    ...step,
    name: "install",
    summary: "Install Vault by Helm: highly available, on integrated storage",
    steps: ["install"],
    vault: "install",
  },
  {
    ...step,
    name: "operator init",
    summary: "Initialise Vault and keep its unseal keys",
    about:
      "Where the keys go is proven before Vault is asked: a probe is written, read back, compared and removed. Afterwards the keys are read back and unseal the pod that was initialised. What is promised stands in docs/keys.md.",
    steps: ["operator-init"],
    vault: "nodes",
    fields: ["vaultNodes"],
    options: [
      {
        flag: "wipe-lost",
        value: "CLUSTER",
        help: "After an init whose keys were lost: delete the volumes and pods of this Vault, and initialise it anew. The name of the cluster must be typed out",
      },
    ],
    load: () => import("./operator-init.ts"),
  },
  {
    ...step,
    name: "operator unseal",
    summary: "Join and unseal every Vault pod",
    about:
      "Takes the keys from where operator init kept them. Where they are with their holders, each holder gives one, at the terminal without an echo or on standard input; it goes to every pod and is kept nowhere. Ends with 2 where keys were taken and more are needed.",
    steps: ["operator-unseal"],
    vault: "nodes",
    fields: ["vaultNodes"],
    arguments: [{ name: "[-]", help: "Read unseal keys from standard input, one a line, or the JSON document of a share" }],
    options: [
      { flag: "key-stdin", help: "The same as -" },
      { flag: "watch", help: "Go on until interrupted: a pod that comes back sealed is unsealed again. Ends with 130" },
    ],
    load: () => import("./operator-unseal.ts"),
  },
  {
    ...step,
    name: "operator retire-root",
    summary: "Let a narrower token or a login take over from the root token, and revoke it",
    steps: ["retire-root"],
    about:
      "Writes the policy of what takes over, and keeps a periodic orphan token of it beside the unseal keys; or, with --admin-auth, takes the login whose token this run has. The root token is revoked only after its successor has proven that it may do all that is needed. docs/root-token.md says what follows from that. Ends with 1 where a root token stays valid.",
  },
  {
    ...step,
    name: "audit",
    summary: "Let Vault write an audit log of every request",
    steps: ["audit"],
    about:
      "Enables an audit device: each request and answer is written to a file in Vault's pods, or to their log, with secrets as HMACs. Bootstrap does it with --audit, right after unseal. A Vault that we install with --audit file gets a volume for it. If no enabled device can write, Vault stops answering: watch the volume.",
    load: () => import("./audit.ts"),
  },
  { ...step, name: "external-secrets", summary: "Install the operator that copies secrets into the cluster", steps: ["external-secrets"] },
  { ...step, name: "reviewer", summary: "Make the service account that lets Vault review tokens", steps: ["reviewer"] },
  { ...step, name: "kv", summary: "Enable the KV version 2 engine", steps: ["kv"] },
  { ...step, name: "policy", summary: "Write the policy that lets the cluster read its secrets", steps: ["policy"] },
  { ...step, name: "auth", summary: "Enable and configure Kubernetes auth at the cluster's own path", steps: ["auth"] },
  { ...step, name: "role", summary: "Write the role that binds service accounts to policies", steps: ["role"] },
  { ...step, name: "store", summary: "Write the SecretStore or ClusterSecretStore", steps: ["store"] },
  { ...step, name: "secret", summary: "Write ExternalSecrets: which Vault secret becomes which Secret", steps: ["secret"] },
  {
    ...step,
    name: "secret put",
    summary: "Write a secret into Vault, with check-and-set",
    steps: [],
    fields: ["kvMount", "kvPrefix"],
    load: () => import("./secret-put.ts"),
    about:
      "Values come from standard input (-), from files, or are asked for without being shown; never from the command line, where every user of the machine could read them. The whole secret is written, as by `vault kv put`; if someone else changed it meanwhile, nothing is written.",
    arguments: [
      { name: "PATH", help: "Where, below the KV prefix: the PATH of --secret" },
      { name: "[KEY...]", help: "Keys to ask for, or - to read a JSON object or key=value lines from standard input" },
    ],
    options: [
      { flag: "from-file", value: "KEY=FILE", help: "The value of KEY is the content of FILE (repeatable)", repeatable: true },
      { flag: "from-json", value: "FILE", help: "The secret is the JSON object in FILE" },
      {
        flag: "cas",
        value: "N",
        help: "Write only if the current version is N; 0: only if there is none (default: the version that was just read)",
      },
    ],
  },
  {
    ...step,
    name: "verify",
    summary: "Prove that it works: log in, read, be refused elsewhere, see the Secret",
    steps: ["verify"],
    missingIs: exitCodes.differences,
    about:
      "Ends with 2 where all is wired and only the secret in Vault is missing. With --inside the logins are made again from short-lived pods, at the address that pods are told, with the token that Kubernetes puts into them: the bound account gets in and reads only its own, one of another namespace and one beside it are refused. The pods are taken away, also after Ctrl-C.",
    options: [
      { flag: "inside", help: "Also prove it from pods in the cluster" },
      {
        flag: "image",
        value: "IMAGE",
        help: "Image of those pods, with the vault or bao command (default: that of the Vault pods of this cluster)",
      },
      { flag: "junit", value: "FILE", help: "Also write the proofs to FILE as JUnit XML" },
    ],
    load: () => import("./verify.ts"),
  },
  {
    name: "adopt",
    group: "One command for all",
    summary: "Take over an installation that was made by hand or by another tool",
    about:
      "Looks at what stands at the names of this cluster and is not marked as ours: the auth mount with its roles and configuration, the policy, the reviewer's objects, the store, the ExternalSecrets that --secret names. Shows what would be owned, and what bootstrap would then change; asks, and puts the marks. Nothing else is changed. With --yes nobody is asked. The token needs update and sudo on sys/mounts/auth/<mount>/tune.",
    steps: all,
    options: [
      { flag: "releases", help: "Also take over the Helm releases of Vault and of the operator: the next bootstrap gives them our values" },
    ],
    vault: "choose",
    missingIs: exitCodes.done,
    load: () => import("./adopt.ts"),
  },
  {
    name: "teardown",
    group: "One command for all",
    summary: "Take away what bootstrap made, and nothing else",
    about:
      "The steps of bootstrap backwards: only what carries our marks, ExternalSecrets before their controller, Vault itself only where we installed it and no other cluster logs in to it. What would go is shown, and the name of the cluster has to be typed. Data stays (Vault's volumes, the cluster's secrets in Vault, the Secrets of applications, the unseal keys) unless told. Stopped at any moment, it goes on when run again.",
    steps: [],
    fields: teardownFields,
    options: [
      { flag: "confirm", value: "NAME", help: "The name of the cluster, where nobody can be asked to type it; --yes alone is not enough" },
      { flag: "keep-secrets", help: "Secrets that ExternalSecrets made stay as they are (the default)" },
      { flag: "delete-secrets", help: "They are deleted: applications lose them" },
      { flag: "delete-data", help: "Delete Vault's volumes where Vault goes, else the secrets of the cluster in Vault, with all versions" },
      { flag: "force-vault", help: "Uninstall Vault although other clusters log in to it" },
    ],
    vault: "choose",
    missingIs: exitCodes.done,
    load: () => import("./teardown.ts"),
  },
  {
    name: "status",
    group: "Look and help",
    summary: "Show Vault, its clusters' logins, operators, stores and secrets, and what each step would change",
    about:
      "Reads only. Shows the clusters that --cluster names, or all that the configuration file names; with --vault-addr or --vault-node and no cluster, Vault alone and the logins of the clusters that it knows. Ends with 2 where something is not ready or differs, or where one of several clusters cannot be asked: that one is shown with the reason, and hides no other. docs/status.md says what each line means.",
    manyClusters: true,
    options: [
      { flag: "all", help: "All clusters: those of the configuration file, and those that Vault knows by our mark" },
      { flag: "watch", help: "Look again until interrupted: redrawn on a terminal, else a line for each change. Ends with 130" },
      { flag: "every", value: "DURATION", help: "How often --watch looks (default: 5s)" },
      { flag: "html", value: "FILE", help: "Also write a page that needs nothing else, to attach to a ticket" },
    ],
    steps: all,
    vault: "any",
    fields: ["vaultNodes"],
    missingIs: exitCodes.differences,
    load: () => import("./status.ts"),
  },
  {
    name: "doctor",
    group: "Look and help",
    summary: "Find why a login or a sync fails, and the command that mends it",
    about:
      "Looks at everything on the way from Vault to the Secret, reads only, and names the cause, how sure it is, what was seen, and what to type. For a bare `permission denied` it asks Vault itself: with read on sys/monitor it hears the reason in Vault's log during a test login; without, it tries every cause from outside. Where nothing fits it says so, with what it saw. Ends with 1 where something is wrong. docs/causes.md explains each cause.",
    steps: ["reviewer", "policy", "auth", "role", "store", "secret"],
    vault: "any",
    fields: ["vaultNodes"],
    missingIs: failed,
    load: () => import("./doctor.ts"),
    options: [
      { flag: "fix", help: "Mend what was found, where a step or a small change does it; asks first (--yes: does not)" },
      { flag: "probe-pod", help: "Also look at the API server from a short-lived pod in Vault's namespace; it is removed afterwards" },
      { flag: "image", value: "IMAGE", help: "Image of that pod, with vault or bao and a shell (default: that of the running Vault pod)" },
    ],
  },
  {
    name: "preflight",
    group: "Look and help",
    summary: "Say all at once what bootstrap needs and does not have",
    about:
      "Looks at rights in Kubernetes and Vault, versions, addresses, quotas and storage, and writes nothing. What is missing is printed with the roles and the policy that grant it, ready to apply. Where something has been done already, nothing is asked for it. Ends with 77 where a right is missing. docs/preflight.md says how it is found out.",
    steps: all,
    vault: "choose",
    missingIs: failed,
    load: () => import("./preflight.ts"),
    options: [
      { flag: "rbac", help: "Print the roles and bindings for everything that bootstrap does, whether you have the rights or not" },
      { flag: "for", value: "USER", help: "Who gets the roles of --rbac, such as system:serviceaccount:ci:deploy (default: you)" },
      { flag: "vault-policy", help: "Print the Vault policy for everything that bootstrap does in a Vault that is there" },
    ],
  },
  {
    name: "support-bundle",
    group: "Look and help",
    summary: "Gather status, plan, versions, settings, events and logs, without secrets, into one file",
    about:
      "Reads only, and sends nothing to anybody. Values of Secrets in the namespaces concerned, the unseal keys, tokens and all that looks like a secret are taken out of every file; what could not be read stands in missing.json. Lists what it wrote. Look through it before you give it away.",
    steps: all,
    options: [
      { flag: "out", value: "FILE", help: "A new .tar.gz file, or a new folder (default: vault-k8s-support-<cluster>-<time>.tar.gz)" },
    ],
    vault: "any",
    missingIs: failed,
    load: () => import("./support-bundle.ts"),
  },
  {
    name: "config view",
    group: "Look and help",
    summary: "Show every setting, its value and where it comes from",
    about:
      "Takes the flags of every command and sends nothing. Values that look like secrets are hidden; of the Vault token only the variable is named.",
    steps: all,
    fields: fieldNames,
    vault: "any",
    missingIs: failed,
    load: () => import("./config-view.ts"),
  },
  {
    name: "schema",
    group: "Look and help",
    summary: "Print the JSON schema of vault-k8s.yaml, for editors",
    about: "An editor that knows the YAML language server takes it by a first line in vault-k8s.yaml: # yaml-language-server: $schema=FILE",
    steps: [],
    vault: "any",
    local: true,
    missingIs: failed,
    load: () => import("./schema.ts"),
  },
  {
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
    load: () => import("./completion.ts"),
  },
  {
    name: "version",
    group: "Look and help",
    summary: "Show the version",
    about:
      "Without --servers nothing is read or sent. With it, the versions of helm, Kubernetes, Vault and the operator stand beside it, and what is older than what is supported; then it ends with 2.",
    steps: [],
    fields: ["helm", "operator", "operatorNamespace", "operatorRelease", "vaultNodes"],
    options: [{ flag: "servers", help: "Also the versions of helm and of the servers" }],
    vault: "any",
    missingIs: failed,
    load: () => import("./version.ts"),
  },
];
