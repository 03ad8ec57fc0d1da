import type { Answers } from "../answers.ts";
import { back } from "../../../render/questions.ts";
import { type Question, wrongFor, textOf } from "../question.ts";
import { installs } from "./install.ts";

export const keys: Question = {
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

export const recipient: Question = {
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

export const keysSecret: Question = {
  id: "keys-secret",
  when: (walk) => installs(walk) && walk.answers.keysKubernetesSecret !== undefined,
  ask: async (walk, ask) => {
    const given = await ask.text({
      message: "Which Secret, as NAMESPACE/NAME?",
      explain: "It is made there if it is not there.",
      proposed: textOf(walk.answers.keysKubernetesSecret) || ownSecret(walk.answers),
      check: (answer) => wrongFor("keysKubernetesSecret", answer),
    });
    return given === back ? back : { keysKubernetesSecret: given };
  },
};

/** A second Vault of the cluster is in another namespace, and its keys in no Secret of the first. */
const ownSecret = ({ installNamespace, release }: Answers): string =>
  `${textOf(installNamespace) || "vault"}/${textOf(release) || "vault"}-keys`;
