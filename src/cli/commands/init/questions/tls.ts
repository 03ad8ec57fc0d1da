import { back } from "../../../render/questions.ts";
import type { Answers } from "../answers.ts";
import { type Question, textFor, textOf } from "../question.ts";
import { installs } from "./install.ts";

const none = { tlsSecret: undefined, tlsIssuer: undefined, insecureNoTls: undefined };
/** Told from the name of an issuer, which has no blank. */
const [own, secret, plain] = ["made by us", "a Secret", "no TLS"];

export const certificate: Question = {
  id: "certificate",
  when: installs,
  ask: async ({ answers, found }, ask) => {
    const issuers = found?.issuers ?? [];
    const given = await ask.select({
      message: "Whose certificate does Vault serve?",
      explain: "Who connects to Vault checks it. `vault-k8s tls` brings a new one into the pods, without a restart.",
      choices: [
        { value: own, name: "one that vault-k8s makes, by an authority of this Vault's own" },
        ...issuers.map((name) => ({ value: name, name: `one of cert-manager, by ${name.includes("/") ? name : `Issuer ${name}`}` })),
        { value: secret, name: "mine, in a Secret of Vault's namespace" },
        { value: plain, name: "none: tokens and secrets travel in the open" },
      ],
      proposed: chosen(answers) ?? (issuers.length === 1 ? issuers[0] : own),
    });
    if (given === back) return back;
    if (given === own) return none;
    if (given === plain) return { ...none, insecureNoTls: true };
    return given === secret ? { ...none, tlsSecret: textOf(answers.tlsSecret) ?? "" } : { ...none, tlsIssuer: given };
  },
};

function chosen({ tlsSecret, tlsIssuer, insecureNoTls }: Answers): string | undefined {
  if (insecureNoTls === true) return plain;
  return tlsSecret === undefined ? textOf(tlsIssuer) : secret;
}

export const certificateSecret: Question = {
  id: "certificate-secret",
  when: (walk) => installs(walk) && walk.answers.tlsSecret !== undefined,
  ask: textFor("tlsSecret", {
    message: "Which Secret?",
    explain: "It holds tls.crt, tls.key and ca.crt; docs/tls.md says for which names.",
    proposed: () => undefined,
  }),
};
