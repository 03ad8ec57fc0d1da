import { nameFrom } from "../../../../core/cluster-name.ts";
import { back } from "../../../render/questions.ts";
import { type Question, textOf, textFor } from "../question.ts";

export const context: Question = {
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

export const cluster: Question = {
  id: "cluster",
  ask: textFor("cluster", {
    message: "What is it called in Vault?",
    explain: "The mount k8s-NAME, the policy k8s-NAME-read and the prefix k8s/NAME/ are named after it.",
    proposed: ({ answers }) => nameFrom(textOf(answers.context) ?? ""),
  }),
};
