import { back } from "../../../render/questions.ts";
import { type Walk, type Question, textOf, defaultOf, textFor } from "../question.ts";

export const installs = ({ answers, found }: Walk): boolean =>
  answers.vaultAddr === undefined && answers.vaultContext === undefined && vaultHere({ answers, found }) === undefined;

/** The Vault that runs in the cluster and was chosen. */
const vaultHere = ({ answers, found }: Pick<Walk, "answers" | "found">) =>
  found?.vaults.find(
    ({ namespace, release }) => namespace === (answers.installNamespace ?? "vault") && release === (answers.release ?? "vault"),
  );

export const replicas: Question = {
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

export const storage: Question = {
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

export const expose: Question = {
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
      proposed: textOf(answers.expose) ?? defaultOf("expose"),
    });
    if (given === back) return back;
    const clear = given === "Ingress" ? {} : { ingressHost: undefined, ingressClass: undefined, ingressTlsSecret: undefined };
    return { expose: given === defaultOf("expose") ? undefined : given, ...clear };
  },
};

export const ingressHost: Question = {
  id: "ingress-host",
  when: (walk) => installs(walk) && walk.answers.expose === "Ingress",
  ask: textFor("ingressHost", {
    message: "Host name of the Ingress?",
    explain: "It must lead to the Ingress controller.",
    proposed: () => undefined,
  }),
};

export const ingressClass: Question = {
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

/** After it is known whether Vault speaks TLS at all. */
export const ingressTlsSecret: Question = {
  id: "ingress-tls-secret",
  when: (walk) => installs(walk) && walk.answers.expose === "Ingress" && walk.answers.insecureNoTls !== true,
  ask: textFor("ingressTlsSecret", {
    message: "Which Secret holds the certificate of that host?",
    explain: "A TLS Secret in Vault's namespace: without one, people and other clusters would reach Vault over http.",
    proposed: () => undefined,
  }),
};
