import { key, type Turn } from "./conversation.ts";

const { enter, down } = key;

/** The way through the wizard with what is proposed, for a cluster where nothing is. */
export const walk: readonly Turn[] = [
  ["Which cluster gets its secrets", enter],
  ["What is it called in Vault?", enter],
  ["Which Vault?", enter],
  ["How many Vault pods?", enter],
  ["Who reaches it from outside?", enter],
  ["Whose certificate does Vault serve?", enter],
  ["Where are the unseal keys kept?", enter],
  ["Which operator copies secrets", enter],
  ["In which namespace is the application?", enter],
  ["Which secrets does it get?", `db api=team/api${enter}`],
];

/** The same to a Vault without TLS: the stand-in of Vault speaks http, and a bootstrap to its end needs one that speaks what was chosen. */
export const walkPlain: readonly Turn[] = [
  ...walk.slice(0, 5),
  ["Whose certificate does Vault serve?", down + down + enter],
  ...walk.slice(6),
];

/** Where that cluster has a Vault and an operator, with the answers of a file that is there. */
export const walkAgain: readonly Turn[] = [
  ...walk.slice(0, 2),
  ["the one that runs here", enter],
  ["External Secrets Operator: it runs in namespace external-secrets", enter],
  ...walk.slice(8, -1),
  ["Which secrets does it get?", enter],
];

export const bootstrap: Turn = ["What now?", enter];
export const write: Turn = ["What now?", down + enter];
