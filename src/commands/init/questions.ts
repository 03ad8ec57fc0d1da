import type { FieldName } from "../../config/fields.ts";
import { coerce } from "../../config/coerce.ts";
import { table } from "../../config/keys.ts";
import { CliError } from "../../core/errors.ts";
import { back, type Back, type Choice, type Questions } from "../../ui/questions.ts";
import type { Answers } from "./answers.ts";
import type { Found } from "./look.ts";

/** What is known while the questions are asked. */
export interface Walk {
  readonly answers: Answers;
  readonly contexts: readonly { readonly name: string; readonly cluster: string }[];
  readonly current: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined before the cluster is known. */
  readonly found: Found | undefined;
}

export interface Question {
  readonly id: string;
  /** Left out: it is always asked. */
  readonly when?: (walk: Walk) => boolean;
  /** What it settles; an undefined value takes an earlier answer away. */
  readonly ask: (walk: Walk, ask: Questions) => Promise<Answers | Back>;
}

/** What is wrong with the answer for a setting. */
function wrongFor(name: FieldName, answer: string): string | undefined {
  try {
    coerce(answer, { field: table[name], origin: "answer", base: "/" });
    return undefined;
  } catch (error) {
    if (error instanceof CliError) return error.why ?? error.message;
    throw error;
  }
}

const textOf = (value: Answers[FieldName]): string | undefined => (typeof value === "string" ? value : undefined);
const standing = (name: FieldName): string => String(table[name].default ?? "");

/** A text for one setting. `optional`: nothing is an answer too. */
const textFor =
  (
    name: FieldName,
    about: { message: string; explain: string; optional?: boolean; proposed: (walk: Walk) => string | undefined },
  ): Question["ask"] =>
  async (walk, ask) => {
    const given = await ask.text({
      message: about.message,
      explain: about.explain,
      proposed: textOf(walk.answers[name]) ?? about.proposed(walk),
      check: (answer) => (answer === "" ? (about.optional === true ? undefined : "It must not be empty.") : wrongFor(name, answer)),
    });
    return given === back ? back : { [name]: given === "" ? undefined : given };
  };

const installs = ({ answers, found }: Walk): boolean =>
  answers.vaultAddr === undefined && answers.vaultContext === undefined && vaultHere({ answers, found }) === undefined;

/** The Vault that runs in the cluster and was chosen. */
const vaultHere = ({ answers, found }: Pick<Walk, "answers" | "found">) =>
  found?.vaults.find(
    ({ namespace, release }) => namespace === (answers.installNamespace ?? "vault") && release === (answers.release ?? "vault"),
  );

/** The name that a cloud's tools give a cluster, without what they put around it. */
function nameFrom(context: string): string {
  const last = context.split("/").at(-1) ?? context;
  const short = last.startsWith("gke_") ? (last.split("_").at(-1) ?? last) : last;
  return short
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 63);
}

const context: Question = {
  id: "context",
  ask: async ({ answers, contexts, current }, ask) => {
    const given = await ask.select({
      message: "Which cluster gets its secrets from Vault?",
      explain: "A context of your kubeconfig. Nothing is written there before you say so.",
      choices: contexts.map(({ name, cluster }) => ({
        value: name,
        short: name,
        name: name === cluster ? name : `${name} (cluster ${cluster})`,
      })),
      proposed: textOf(answers.context) ?? current,
    });
    return given === back ? back : { context: given };
  },
};

const cluster: Question = {
  id: "cluster",
  ask: textFor("cluster", {
    message: "What is it called in Vault?",
    explain: "The mount k8s-NAME, the policy k8s-NAME-read and the prefix k8s/NAME/ are named after it.",
    proposed: ({ answers }) => nameFrom(textOf(answers.context) ?? ""),
  }),
};

const where: Question = {
  id: "where",
  ask: async ({ answers, contexts, env, found }, ask) => {
    const here = (found?.vaults ?? []).map(({ namespace, release }) => ({
      value: `here ${namespace} ${release}`,
      name: `the one that runs here: release ${release} in namespace ${namespace}`,
    }));
    const choices: Choice<string>[] = [
      ...here,
      { value: "install", name: here.length > 0 ? "another one, installed in this cluster" : "install it in this cluster" },
      { value: "address", name: "one at an address" },
      ...(contexts.length > 1 ? [{ value: "context", name: "one that runs in the cluster of another context" }] : []),
    ];
    const said = answers.vaultAddr !== undefined ? "address" : answers.vaultContext !== undefined ? "context" : undefined;
    const given = await ask.select({
      message: "Which Vault?",
      explain: "One that exists is used as it is: nothing is installed, initialised or unsealed at an address or in another cluster.",
      choices,
      proposed: said ?? here[0]?.value ?? (addressIn(env) === undefined ? "install" : "address"),
    });
    if (given === back) return back;
    const [kind, namespace, release] = given.split(" ");
    const none = { vaultAddr: undefined, caCert: undefined, vaultContext: undefined, install: undefined };
    if (kind === "address")
      return {
        ...none,
        vaultAddr: answers.vaultAddr ?? addressIn(env) ?? "",
        caCert: answers.caCert,
        installNamespace: undefined,
        release: undefined,
      };
    if (kind === "context") return { ...none, vaultContext: answers.vaultContext ?? "" };
    // A variable alone must not decide where Vault is.
    const install = addressIn(env) === undefined ? undefined : true;
    if (kind === "here")
      return {
        ...none,
        install,
        installNamespace: namespace === "vault" ? undefined : namespace,
        release: release === "vault" ? undefined : release,
      };
    const taken = here.some(({ value }) => value === "here vault vault");
    return { ...none, install, installNamespace: taken ? "vault-2" : undefined, release: undefined };
  },
};

const addressIn = (env: Walk["env"]): string | undefined => env["VAULT_ADDR"] || env["BAO_ADDR"] || undefined;

const address: Question = {
  id: "address",
  when: ({ answers }) => answers.vaultAddr !== undefined,
  ask: textFor("vaultAddr", {
    message: "Its address?",
    explain: "At which this machine and the pods of the cluster reach it, such as https://vault.example.com:8200.",
    proposed: ({ env }) => addressIn(env),
  }),
};

const caCert: Question = {
  id: "ca",
  when: ({ answers }) => textOf(answers.vaultAddr)?.startsWith("https:") === true,
  ask: textFor("caCert", {
    message: "PEM file of the CA of its certificate? (empty: a public one)",
    explain: "Pods are told to trust it too.",
    optional: true,
    proposed: ({ env }) => env["VAULT_CACERT"] || env["BAO_CACERT"] || "",
  }),
};

const vaultContext: Question = {
  id: "vault-context",
  when: ({ answers }) => answers.vaultContext !== undefined,
  ask: async ({ answers, contexts }, ask) => {
    const given = await ask.select({
      message: "In which cluster does it run?",
      explain: "It is reached by a port-forward there, and pods reach it at its load balancer or Ingress.",
      choices: contexts.filter(({ name }) => name !== answers.context).map(({ name }) => ({ value: name, name })),
      proposed: textOf(answers.vaultContext),
    });
    return given === back ? back : { vaultContext: given };
  },
};

const replicas: Question = {
  id: "replicas",
  when: installs,
  ask: async ({ answers, found }, ask) => {
    const nodes = found?.nodes ?? 0;
    const given = await ask.select({
      message: "How many Vault pods?",
      explain: `Three go on when one is lost, five when two are; one is for trying out.${nodes === 0 ? "" : ` Nodes for pods: ${nodes}.`}`,
      choices: ["1", "3", "5"].map((value) => ({ value, name: value })),
      proposed: textOf(answers.replicas) ?? (nodes >= 3 || nodes === 0 ? "3" : "1"),
    });
    if (given === back) return back;
    // Pods that want a node each would wait for ever.
    return { replicas: given, antiAffinity: nodes > 0 && nodes < Number(given) ? false : undefined };
  },
};

const storage: Question = {
  id: "storage",
  when: (walk) => installs(walk) && needsStorageAnswer(walk),
  ask: async ({ answers, found }, ask) => {
    const classes = found?.storageClasses ?? [];
    const given = await ask.select({
      message: "Which storage class for Vault's volumes?",
      explain: "Vault keeps all its data there: choose one whose volumes outlive a node.",
      choices: classes.map(({ name, standard }) => ({ value: name, name: standard ? `${name} (the default)` : name })),
      proposed: textOf(answers.storageClass) ?? classes.find(({ standard }) => standard)?.name,
    });
    if (given === back) return back;
    return { storageClass: classes.find(({ name }) => name === given)?.standard === true ? undefined : given };
  },
};

/** The only one that there is, as the default, needs no question. */
function needsStorageAnswer({ found }: Walk): boolean {
  const classes = found?.storageClasses ?? [];
  return classes.length > 1 || (classes.length === 1 && classes[0]?.standard !== true);
}

const expose: Question = {
  id: "expose",
  when: installs,
  ask: async ({ answers, found }, ask) => {
    const given = await ask.select({
      message: "Who reaches it from outside?",
      explain: "Other clusters and people need an address. You yourself always get in by a port-forward.",
      choices: [
        { value: "ClusterIP", name: "nobody: only pods of this cluster" },
        { value: "LoadBalancer", name: "other clusters and people, by a load balancer" },
        ...((found?.ingressClasses ?? []).length > 0 ? [{ value: "Ingress", name: "other clusters and people, by an Ingress" }] : []),
      ],
      proposed: textOf(answers.expose) ?? standing("expose"),
    });
    if (given === back) return back;
    const clear = given === "Ingress" ? {} : { ingressHost: undefined, ingressClass: undefined };
    return { expose: given === standing("expose") ? undefined : given, ...clear };
  },
};

const ingressHost: Question = {
  id: "ingress-host",
  when: (walk) => installs(walk) && walk.answers.expose === "Ingress",
  ask: textFor("ingressHost", {
    message: "Host name of the Ingress?",
    explain: "It must lead to the Ingress controller.",
    proposed: () => undefined,
  }),
};

const ingressClass: Question = {
  id: "ingress-class",
  when: (walk) => installs(walk) && walk.answers.expose === "Ingress",
  ask: async ({ answers, found }, ask) => {
    const given = await ask.select({
      message: "Which ingress class?",
      explain: "The controller that serves the Ingress.",
      choices: (found?.ingressClasses ?? []).map((name) => ({ value: name, name })),
      proposed: textOf(answers.ingressClass),
    });
    return given === back ? back : { ingressClass: given };
  },
};

const keys: Question = {
  id: "keys",
  when: installs,
  ask: async ({ answers }, ask) => {
    const given = await ask.select({
      message: "Where are the unseal keys kept?",
      explain: "Whoever has them can open Vault; without them nobody can. docs/keys.md has more ways, such as one key a person.",
      choices: [
        { value: "file", name: "in a file of yours on this machine, readable by you alone" },
        { value: "age", name: "in that file, encrypted with age" },
        { value: "secret", name: "in a Secret of the cluster (whoever reads Secrets there has them)" },
      ],
      proposed: answers.keysAgeRecipients !== undefined ? "age" : answers.keysKubernetesSecret !== undefined ? "secret" : "file",
    });
    if (given === back) return back;
    return {
      keysAgeRecipients: given === "age" ? (answers.keysAgeRecipients ?? []) : undefined,
      keysKubernetesSecret: given === "secret" ? (answers.keysKubernetesSecret ?? "") : undefined,
    };
  },
};

const recipient: Question = {
  id: "age",
  when: (walk) => installs(walk) && walk.answers.keysAgeRecipients !== undefined,
  ask: async ({ answers }, ask) => {
    const given = await ask.text({
      message: "The age recipient?",
      explain: "It begins with age1; age-keygen prints it. Unsealing again asks for its identity file (--keys-age-identity).",
      proposed: (answers.keysAgeRecipients as readonly string[] | undefined)?.[0],
      check: (answer) => wrongFor("keysAgeRecipients", answer),
    });
    return given === back ? back : { keysAgeRecipients: [given] };
  },
};

const keysSecret: Question = {
  id: "keys-secret",
  when: (walk) => installs(walk) && walk.answers.keysKubernetesSecret !== undefined,
  ask: async (walk, ask) => {
    const given = await ask.text({
      message: "Which Secret, as NAMESPACE/NAME?",
      explain: "It is made there if it is not there.",
      proposed: textOf(walk.answers.keysKubernetesSecret) || "vault/vault-keys",
      check: (answer) => wrongFor("keysKubernetesSecret", answer),
    });
    return given === back ? back : { keysKubernetesSecret: given };
  },
};

const operator: Question = {
  id: "operator",
  ask: async ({ answers, found }, ask) => {
    const here = found?.operators ?? [];
    const named = { eso: "External Secrets Operator", kes: "kubernetes-external-secrets, archived in 2022" } as const;
    const there = here.map(({ kind, namespace, serviceAccount }) => ({
      value: `${kind} ${namespace} ${serviceAccount}`,
      name: `${named[kind]}: it runs in namespace ${namespace}`,
    }));
    const absent = (["eso", "kes"] as const).filter((kind) => !here.some((one) => one.kind === kind));
    const given = await ask.select({
      message: "Which operator copies secrets into the cluster?",
      explain: "External Secrets is kept up; kubernetes-external-secrets gets no fixes, and is for those who have it.",
      choices: [...there, ...absent.map((kind) => ({ value: `${kind}`, name: `${named[kind]}: install it` }))],
      proposed: [...there.map(({ value }) => value), "eso", "kes"].find(
        (value) => answers.operator === undefined || value.split(" ")[0] === answers.operator,
      ),
    });
    if (given === back) return back;
    const [kind, namespace, account] = given.split(" ");
    const unless = (value: string | undefined, usual: FieldName): string | undefined => (value === standing(usual) ? undefined : value);
    return {
      operator: kind === "eso" ? undefined : kind,
      operatorNamespace: namespace === undefined ? answers.operatorNamespace : unless(namespace, "operatorNamespace"),
      operatorServiceAccount: account === undefined ? answers.operatorServiceAccount : unless(account, "operatorServiceAccount"),
    };
  },
};

const namespace: Question = {
  id: "namespace",
  ask: textFor("namespace", {
    message: "In which namespace is the application?",
    explain: "Its Secrets are made there. It is made too if it is not there.",
    proposed: () => standing("namespace"),
  }),
};

const secrets: Question = {
  id: "secrets",
  ask: async ({ answers }, ask) => {
    const given = await ask.text({
      message: "Which secrets does it get? (empty: none yet)",
      explain: "Names with spaces between them, each as NAME or NAME=PATH in Vault. Their values are written later: vault-k8s secret put.",
      proposed: ((answers.secrets as readonly string[] | undefined) ?? []).join(" "),
      check: (answer) =>
        partsOf(answer)
          .map((part) => wrongFor("secrets", part))
          .find((wrong) => wrong !== undefined),
    });
    return given === back ? back : { secrets: partsOf(given).length === 0 ? undefined : partsOf(given) };
  },
};

const partsOf = (answer: string): string[] => answer.split(/\s+/).filter((part) => part !== "");

/** All questions in their order. */
export const questions: readonly Question[] = [
  context,
  cluster,
  where,
  address,
  caCert,
  vaultContext,
  replicas,
  storage,
  expose,
  ingressHost,
  ingressClass,
  keys,
  recipient,
  keysSecret,
  operator,
  namespace,
  secrets,
];
