import { CliError, NotYet, conflictKind, interruptedKind, exitCodes as exit, type ErrorKind, type Explanation } from "./core/errors.ts";

/**
 * Every failure that the tool knows, once. docs/errors.md has a section for each (a test holds them together).
 * 10xx command line and configuration, 11xx Kubernetes, 12xx Vault, 13xx Helm, 14xx ownership, 15xx keys, 16xx proofs.
 */
export const kinds = {
  usage: { code: "VK1001", exit: exit.usage, title: "The command line does not fit" },
  interrupted: interruptedKind,
  badConfig: { code: "VK1003", exit: exit.badInput, title: "The configuration file is wrong" },
  badValue: { code: "VK1004", exit: exit.badInput, title: "A setting has a value that cannot be used" },
  chooseVault: { code: "VK1005", exit: exit.usage, title: "VAULT_ADDR is set, but nothing says which Vault to use" },
  chooseContext: { code: "VK1006", exit: exit.usage, title: "No context of the kubeconfig fits the cluster's name" },
  notConfirmed: { code: "VK1007", exit: exit.usage, title: "A question could not be asked" },
  nodeVersion: { code: "VK1008", exit: exit.usage, title: "This Node.js is too old" },
  badInput: { code: "VK1009", exit: exit.badInput, title: "An input file cannot be used" },
  timedOut: { code: "VK1010", exit: exit.timedOut, title: "Something did not happen in time" },
  foreignConfig: { code: "VK1011", exit: exit.badInput, title: "The configuration file is not yours alone" },

  kubeconfig: { code: "VK1101", exit: exit.badInput, title: "The kubeconfig cannot be used" },
  unknownContext: { code: "VK1102", exit: exit.badInput, title: "The context is not in the kubeconfig" },
  kubeUnreachable: { code: "VK1103", exit: exit.unreachable, title: "The Kubernetes API server does not answer" },
  kubeUnauthenticated: { code: "VK1104", exit: exit.refused, title: "Kubernetes does not know who you are" },
  kubeForbidden: { code: "VK1105", exit: exit.refused, title: "Kubernetes refuses this" },
  kubeRejected: { code: "VK1106", exit: exit.failed, title: "Kubernetes does not accept the object" },
  kubeFailed: { code: "VK1107", exit: exit.failed, title: "The Kubernetes API server failed" },
  notServed: { code: "VK1108", exit: exit.failed, title: "A custom resource is not served" },
  tokenNotFilled: { code: "VK1109", exit: exit.timedOut, title: "The reviewer's token did not appear" },
  podPending: { code: "VK1110", exit: exit.failed, title: "A pod cannot start" },
  kubeGarbage: { code: "VK1111", exit: exit.failed, title: "What answered is not a Kubernetes API server" },

  vaultUnreachable: { code: "VK1201", exit: exit.unreachable, title: "Vault does not answer" },
  vaultSealed: { code: "VK1202", exit: exit.failed, title: "Vault is sealed" },
  vaultDenied: { code: "VK1203", exit: exit.refused, title: "The Vault token may not do this" },
  vaultBadToken: { code: "VK1204", exit: exit.refused, title: "Vault does not know the token" },
  vaultNoToken: { code: "VK1205", exit: exit.refused, title: "No Vault token" },
  vaultUninitialised: { code: "VK1206", exit: exit.failed, title: "Vault is not initialised" },
  vaultNotInstalled: { code: "VK1207", exit: exit.failed, title: "No Vault was found" },
  vaultRejected: { code: "VK1208", exit: exit.failed, title: "Vault does not accept the request" },
  vaultFailed: { code: "VK1209", exit: exit.failed, title: "Vault failed" },
  vaultGarbage: { code: "VK1210", exit: exit.failed, title: "What answered is not Vault" },
  vaultNoActive: { code: "VK1211", exit: exit.failed, title: "No Vault pod is active" },
  oneNodeEach: { code: "VK1212", exit: exit.usage, title: "init and unseal need one address for each node" },
  vaultNamespace: { code: "VK1213", exit: exit.badInput, title: "This Vault has no namespaces" },
  noConsumerAddress: { code: "VK1214", exit: exit.badInput, title: "No address at which pods reach Vault" },
  kvVersion: { code: "VK1215", exit: exit.failed, title: "The mount is not KV version 2" },
  casMismatch: { code: "VK1216", exit: exit.failed, title: "The secret was changed by someone else" },
  auditRefused: { code: "VK1218", exit: exit.failed, title: "Vault does not enable the audit device" },
  strangeSets: { code: "VK1219", exit: exit.failed, title: "Which pods are Vault's is not clear" },
  tlsSecret: { code: "VK1230", exit: exit.badInput, title: "The TLS Secret cannot be used" },
  tlsIssuer: { code: "VK1232", exit: exit.failed, title: "cert-manager does not make the certificate" },
  tlsNotServed: { code: "VK1231", exit: exit.timedOut, title: "A Vault pod goes on serving its old certificate" },
  tlsStillPlain: { code: "VK1233", exit: exit.failed, title: "A Vault pod still speaks http" },
  cannotLeave: { code: "VK1234", exit: exit.failed, title: "A Vault pod cannot leave the raft now" },
  rolloutStopped: { code: "VK1235", exit: exit.failed, title: "A Vault pod still runs an earlier revision" },
  authNotEnabled: { code: "VK1217", exit: exit.failed, title: "The cluster's auth method is not enabled" },

  helmMissing: { code: "VK1301", exit: exit.badInput, title: "helm was not found" },
  helmTooOld: { code: "VK1302", exit: exit.badInput, title: "helm is too old" },
  chartNotFound: { code: "VK1303", exit: exit.badInput, title: "The chart was not found" },
  helmFailed: { code: "VK1304", exit: exit.failed, title: "helm failed" },
  helmDriver: { code: "VK1306", exit: exit.badInput, title: "helm keeps its releases elsewhere" },
  valuesMisfit: { code: "VK1308", exit: exit.badInput, title: "The values make another Vault than the run goes on with" },
  helmUnderWay: { code: "VK1307", exit: exit.timedOut, title: "Another helm is at work on the release" },
  badValues: { code: "VK1305", exit: exit.badInput, title: "A values file cannot be used" },

  notOurs: conflictKind,
  foreignFiles: { code: "VK1410", exit: exit.failed, title: "Files are there that are not of this export" },
  planStale: { code: "VK1402", exit: exit.failed, title: "The world has changed since the plan was made" },

  keysExist: { code: "VK1501", exit: exit.failed, title: "The key file exists already" },
  keysNotWritable: { code: "VK1502", exit: exit.failed, title: "The keys cannot be kept where you said" },
  initLost: { code: "VK1503", exit: exit.failed, title: "The answer of init was lost" },
  noKeys: { code: "VK1504", exit: exit.badInput, title: "No unseal keys" },
  wrongKeys: { code: "VK1505", exit: exit.badInput, title: "The unseal keys do not fit" },
  unsealStuck: { code: "VK1506", exit: exit.timedOut, title: "A pod stays sealed" },
  splitBrain: { code: "VK1507", exit: exit.failed, title: "Two Vault clusters where one should be" },
  moreKeys: { code: "VK1508", exit: exit.differences, title: "More unseal keys are needed" },
  custodyUnproven: { code: "VK1509", exit: exit.badInput, title: "The keys would go where they cannot be read back" },
  podsSilent: { code: "VK1510", exit: exit.unreachable, title: "A Vault pod does not answer before init" },
  badKey: { code: "VK1511", exit: exit.badInput, title: "What was given is not an unseal key" },
  custodyIncomplete: { code: "VK1512", exit: exit.failed, title: "The keys are not yet everywhere they belong" },
  runUnderWay: { code: "VK1513", exit: exit.timedOut, title: "Another run is at work on this Vault" },
  notWiped: { code: "VK1514", exit: exit.failed, title: "Vault's data is not wiped" },
  successorLacks: { code: "VK1520", exit: exit.failed, title: "What would take over from the root token may not do enough" },
  rootNotRevoked: { code: "VK1521", exit: exit.failed, title: "The root token is still valid" },
  rootGenerationClosed: { code: "VK1523", exit: exit.refused, title: "Vault does not let root be generated" },
  rootGenerationUnderWay: { code: "VK1522", exit: exit.timedOut, title: "A root generation is under way that is not known to be ours" },
  noKeptToken: { code: "VK1524", exit: exit.failed, title: "There is no kept token to renew" },

  hostNotReachable: { code: "VK1601", exit: exit.badInput, title: "Vault cannot use this Kubernetes address" },
  hostNotProven: { code: "VK1602", exit: exit.failed, title: "The address, CA and reviewer token do not work together" },
  webhookNotServing: { code: "VK1603", exit: exit.timedOut, title: "The operator's webhook does not serve" },
  verifyFailed: { code: "VK1604", exit: exit.failed, title: "A proof failed" },
  lacking: { code: "VK1605", exit: exit.failed, title: "Something that the run needs is missing" },
} as const satisfies Record<string, ErrorKind>;

/** The failure `kind`, explained. */
export const failure = (kind: ErrorKind, explanation: Explanation): CliError => new CliError(kind, explanation);

/** The failure `kind` that an earlier step may still mend. */
export const notYet = (kind: ErrorKind, explanation: Explanation): NotYet => new NotYet(kind, explanation);
