import type { Question } from "./question.ts";
import { context, cluster } from "./questions/cluster.ts";
import { where, address, caCert, vaultContext } from "./questions/which-vault.ts";
import { wiring } from "./questions/wiring.ts";
import { replicas, storage, expose, ingressHost, ingressClass, ingressTlsSecret } from "./questions/install.ts";
import { certificate, certificateSecret } from "./questions/tls.ts";
import { keys, recipient, keysSecret } from "./questions/keys.ts";
import { operator, namespace, secrets } from "./questions/application.ts";

/** All questions in their order. */
export const questions: readonly Question[] = [
  context,
  cluster,
  where,
  address,
  caCert,
  vaultContext,
  wiring,
  replicas,
  storage,
  expose,
  ingressHost,
  ingressClass,
  certificate,
  certificateSecret,
  ingressTlsSecret,
  keys,
  recipient,
  keysSecret,
  operator,
  namespace,
  secrets,
];
