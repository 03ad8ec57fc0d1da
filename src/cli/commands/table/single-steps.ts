import { exitCodes } from "../../../core/errors.ts";
import { command, type Command } from "../command.ts";
import {
  operatorGenerateRootOptions,
  operatorInitOptions,
  operatorUnsealOptions,
  secretPutOptions,
  verifyOptions,
} from "../own-options.ts";

const failed = exitCodes.failed;
const steps = () => import("../run-steps.ts");
const step = { group: "Its steps, each alone", vault: "any", missingIs: failed, load: steps } as const;

/** The steps of bootstrap, each alone. */
export const singleSteps: readonly Command[] = [
  command({
    ...step,
    name: "install",
    summary: "Install Vault by Helm: highly available, on integrated storage, with TLS",
    steps: ["tls", "install", "tls-served"],
    vault: "install",
  }),
  command({
    ...step,
    name: "tls",
    summary: "Make Vault's certificate, and have every pod serve it",
    about:
      "A certificate that lacks a name or expires within --tls-renew-before is made anew. Pods take a new one over without a restart, so they stay unsealed; those that spoke http until now are replaced and unsealed, one at a time.",
    steps: ["tls", "tls-served"],
    vault: "install",
  }),
  command({
    ...step,
    name: "operator init",
    summary: "Initialise Vault and keep its unseal keys",
    about:
      "Where the keys go is proven before Vault is asked: a probe is written, read back, compared and removed. Afterwards the keys are read back and unseal the pod that was initialised. What is promised stands in docs/keys.md.",
    steps: ["operator-init"],
    vault: "nodes",
    fields: ["vaultNodes"],
    options: operatorInitOptions,
    load: () => import("../operator-init.ts"),
  }),
  command({
    ...step,
    name: "operator unseal",
    summary: "Join and unseal every Vault pod",
    about:
      "Takes the keys from where operator init kept them. Where they are with their holders, each holder gives one, at the terminal without an echo or on standard input; it goes to every pod and is kept nowhere. Ends with 2 where keys were taken and more are needed.",
    steps: ["operator-unseal"],
    vault: "nodes",
    fields: ["vaultNodes"],
    arguments: [{ name: "[-]", help: "Read unseal keys from standard input, one a line, or the JSON document of a share" }],
    options: operatorUnsealOptions,
    load: () => import("../operator-unseal.ts"),
  }),
  command({
    ...step,
    name: "rollout",
    summary: "Replace Vault's pods that run an earlier revision, one at a time",
    about:
      "A changed image or configuration reaches a pod of Vault only when it starts anew, and its StatefulSet replaces none. Standbys go first, each is unsealed and has caught up before the next one goes; then the active one steps down and goes. It stops where anything fails, with a majority that works, and goes on when it is run again. It does not choose versions: install does. Where the unseal keys are with their holders it says so before it begins.",
    steps: ["operator-unseal"],
    vault: "any",
    load: () => import("../rollout.ts"),
  }),
  command({
    ...step,
    name: "rotate-reviewer",
    summary: "Exchange the token that Vault reviews tokens with for a new one",
    about:
      "A new token is made and proven by a review from here, Vault gets it, a login is proven, and only then the old one is deleted. Clients keep working all the while, also where it is stopped: it goes on when it is run again. For the kinds of --reviewer that give Vault a token.",
    steps: ["reviewer", "auth", "store"],
    load: () => import("../rotate-reviewer.ts"),
  }),
  command({
    ...step,
    name: "operator retire-root",
    summary: "Let a narrower token or a login take over from the root token, and revoke it",
    steps: ["retire-root"],
    vault: "keys",
    about:
      "Writes the policy of what takes over, and keeps a periodic orphan token of it beside the unseal keys; or, with --admin-auth, takes the login whose token this run has. The root token is revoked only after its successor has proven that it may do all that is needed. docs/root-token.md says what follows from that. Ends with 1 where a root token stays valid.",
  }),
  command({
    ...step,
    name: "operator renew-token",
    summary: "Renew the token that took over from the root token: for a timer",
    steps: [],
    vault: "pods",
    about:
      "The token is kept with the unseal keys and lives as long as it is renewed: bootstrap and operator retire-root do that when half of its life is gone. Where nobody runs them for weeks, let a timer run this: it renews whatever is left, needs no root token and no other one, and ends with 1 where none is kept or Vault does not know it any more.",
    load: () => import("../operator-renew-token.ts"),
  }),
  command({
    ...step,
    name: "operator generate-root",
    summary: "Make a root token from the unseal keys, run a command with it, and revoke it",
    steps: [],
    fields: ["keysCommand", "keysAgeRecipients", "keysHolders"],
    vault: "pods",
    arguments: [
      { name: "[COMMAND...]", help: "What to run, behind --: it gets VAULT_ADDR, VAULT_CACERT and VAULT_TOKEN, and the same as BAO_*" },
    ],
    options: operatorGenerateRootOptions,
    about:
      "Takes the keys from where operator init kept them, or asks their holders, all in one run. The token is revoked when the command ends, however it ends, and that is proven; a run that was killed is cleared up by the next one. Ends with the exit code of the command, or with 1 where the revocation could not be proven. docs/root-token.md says more.",
    load: () => import("../operator-generate-root.ts"),
  }),
  command({
    ...step,
    name: "audit",
    summary: "Let Vault write an audit log of every request",
    steps: ["audit"],
    about:
      "Enables an audit device: each request and answer is written to a file in Vault's pods, or to their log, with secrets as HMACs. Bootstrap does it with --audit, right after unseal. A Vault that we install with --audit file gets a volume for it. If no enabled device can write, Vault stops answering: watch the volume.",
    load: () => import("../audit.ts"),
  }),
  command({
    ...step,
    name: "external-secrets",
    summary: "Install the operator that copies secrets into the cluster",
    steps: ["external-secrets"],
  }),
  command({ ...step, name: "reviewer", summary: "Make the service account that lets Vault review tokens", steps: ["reviewer"] }),
  command({ ...step, name: "kv", summary: "Enable the KV version 2 engine", steps: ["kv"] }),
  command({ ...step, name: "policy", summary: "Write the policy that lets the cluster read its secrets", steps: ["policy"] }),
  command({ ...step, name: "auth", summary: "Enable and configure Kubernetes auth at the cluster's own path", steps: ["auth"] }),
  command({ ...step, name: "role", summary: "Write the role that binds service accounts to policies", steps: ["role"] }),
  command({ ...step, name: "store", summary: "Write the SecretStore or ClusterSecretStore", steps: ["store"] }),
  command({ ...step, name: "secret", summary: "Write ExternalSecrets: which Vault secret becomes which Secret", steps: ["secret"] }),
  command({
    ...step,
    name: "secret put",
    summary: "Write a secret into Vault, with check-and-set",
    steps: [],
    fields: ["kvMount", "kvPrefix"],
    load: () => import("../secret-put.ts"),
    about:
      "Values come from standard input (-), from files, or are asked for without being shown; never from the command line, where every user of the machine could read them. The whole secret is written, as by `vault kv put`; if someone else changed it meanwhile, nothing is written.",
    arguments: [
      { name: "PATH", help: "Where, below the KV prefix: the PATH of --secret" },
      { name: "[KEY...]", help: "Keys to ask for, or - to read a JSON object or key=value lines from standard input" },
    ],
    options: secretPutOptions,
  }),
  command({
    ...step,
    name: "verify",
    summary: "Prove that it works: log in, read, be refused elsewhere, see the Secret",
    steps: ["verify"],
    missingIs: exitCodes.differences,
    about:
      "Ends with 2 where all is wired and only the secret in Vault is missing. With --inside the logins are made again from short-lived pods, at the address that pods are told, with the token that Kubernetes puts into them: the bound account gets in and reads only its own, one of another namespace and one beside it are refused. The pods are taken away, also after Ctrl-C.",
    options: verifyOptions,
    load: () => import("../verify.ts"),
  }),
];
