import type { FieldName } from "../../../../config/fields.ts";
import { consumerKinds, kindNames, type ConsumerKind } from "../../../../consumers/kinds.ts";
import { back } from "../../../render/questions.ts";
import { type Question, wrongFor, defaultOf, textFor } from "../question.ts";

export const operator: Question = {
  id: "operator",
  ask: async ({ answers, found }, ask) => {
    const here = found?.operators ?? [];
    const named = (kind: ConsumerKind): string => consumerKinds[kind].words.choice;
    const there = here.map(({ kind, namespace, serviceAccount }) => ({
      value: `${kind} ${namespace} ${serviceAccount}`,
      name: `${named(kind)}: it runs in namespace ${namespace}`,
    }));
    const absent = kindNames.filter((kind) => !here.some((one) => one.kind === kind));
    const given = await ask.select({
      message: "Which operator copies secrets into the cluster?",
      explain: `${kindNames.map((kind) => consumerKinds[kind].words.about).join("; ")}.`,
      choices: [...there, ...absent.map((kind) => ({ value: `${kind}`, name: `${named(kind)}: install it` }))],
      proposed: [...there.map(({ value }) => value), ...kindNames].find(
        (value) => answers.operator === undefined || value.split(" ")[0] === answers.operator,
      ),
    });
    if (given === back) return back;
    const [kind, namespace, account] = given.split(" ");
    const unless = (value: string | undefined, usual: FieldName): string | undefined => (value === defaultOf(usual) ? undefined : value);
    return {
      operator: unless(kind, "operator"),
      operatorNamespace: namespace === undefined ? answers.operatorNamespace : unless(namespace, "operatorNamespace"),
      operatorServiceAccount: account === undefined ? answers.operatorServiceAccount : unless(account, "operatorServiceAccount"),
    };
  },
};

export const namespace: Question = {
  id: "namespace",
  ask: textFor("namespace", {
    message: "In which namespace is the application?",
    explain: "Its Secrets are made there. It is made too if it is not there.",
    proposed: () => defaultOf("namespace"),
  }),
};

export const secrets: Question = {
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
