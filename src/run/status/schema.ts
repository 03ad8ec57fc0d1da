import { z } from "zod";
import { kindNames } from "../../consumers/kinds.ts";
import { apiVersion } from "../../systems/document.ts";

// What status prints with -o json, version 1: docs/schemas/status.v1.json is made from it.

const certificate = z
  .strictObject({
    subject: z.string(),
    issuer: z.string(),
    notAfter: z.string().describe("RFC 3339"),
    daysLeft: z.number().describe("Whole days; negative when it has expired"),
  })
  .describe("The certificate that the server shows, whoever signed it");

const node = z.strictObject({
  name: z.string().describe("Name of the pod, or the address"),
  state: z.enum(["active", "standby", "standalone", "sealed", "uninitialised", "removed", "unreachable"]),
  version: z.string().optional(),
  detail: z.string().optional(),
  seal: z.string().optional().describe("Kind of seal, e.g. shamir"),
  pod: z
    .strictObject({
      phase: z.string(),
      restarts: z.number(),
      node: z.string().optional(),
      created: z.string().optional(),
      earlierRevision: z
        .literal(true)
        .optional()
        .describe("It runs an earlier revision than its StatefulSet's: vault-k8s rollout replaces it"),
    })
    .optional()
    .describe("Left out where Vault is reached by address"),
  certificate: certificate.optional().describe("Left out for plain http"),
});

const raft = z.strictObject({
  peers: z.array(
    z.strictObject({
      id: z.string(),
      address: z.string(),
      leader: z.boolean(),
      voter: z.boolean(),
      healthy: z.boolean().optional(),
      lastContact: z.string().optional(),
    }),
  ),
  healthy: z.boolean().optional().describe("What autopilot says of all"),
  failureTolerance: z.number().optional().describe("How many peers may fail before Vault stops"),
});

const keptToken = z
  .strictObject({
    state: z.enum(["valid", "ended"]).describe("ended: Vault does not know it"),
    endsAt: z.string().optional().describe("When it ends unless it is renewed, RFC 3339; left out for one that never does"),
    secondsLeft: z.number().optional(),
    lifeSeconds: z.number().optional().describe("What a renewal gives"),
    endsSoon: z.boolean().optional().describe("Less than a third of that is left: vault-k8s operator renew-token renews it"),
    leadsToRoot: z
      .boolean()
      .optional()
      .describe("Whether it may generate root together with the keys, on any server; a token of an earlier version may not"),
  })
  .describe("The token that took over from the root token. Left out where none is kept, and for Vault at an address");

const role = z.strictObject({
  name: z.string(),
  serviceAccounts: z.array(z.string()),
  namespaces: z.array(z.string()),
  audience: z.string().optional(),
  policies: z.array(z.string()),
  ttlSeconds: z.number(),
  maxTtlSeconds: z.number(),
});

const login = z
  .strictObject({
    mount: z.string(),
    found: z.boolean(),
    ownedBy: z
      .enum(["this cluster", "another cluster", "a cluster", "nobody"])
      .describe('By our mark; "a cluster" where no cluster was asked'),
    config: z
      .strictObject({
        host: z.string(),
        issuer: z.string().optional(),
        checksIssuer: z.boolean(),
        usesOwnPodToken: z.boolean().describe("Vault falls back to the token and CA of its own pod"),
        reviewerToken: z.boolean().optional().describe("A reviewer token was set; older servers do not tell"),
        clientsReview: z
          .literal(true)
          .optional()
          .describe("The settings want no reviewer token: who logs in reviews its own (--reviewer client)"),
        caDaysLeft: z.number().optional(),
      })
      .optional(),
    roles: z.array(role),
  })
  .describe("The auth method of the cluster in Vault");

const reviewer = z.strictObject({
  account: z.string().describe("NAMESPACE/NAME"),
  secret: z.string(),
  created: z.string().optional(),
  ageSeconds: z.number().optional().describe("Age of the token's Secret"),
});

const operator = z.strictObject({
  kind: z.enum(kindNames),
  namespace: z.string(),
  version: z.string().optional(),
  ready: z.boolean(),
  deployments: z.array(z.strictObject({ name: z.string(), ready: z.number(), wanted: z.number() })),
});

const condition = {
  ready: z.boolean(),
  reason: z.string().optional(),
  message: z.string().optional(),
};

const store = z.strictObject({ kind: z.string(), namespace: z.string().optional(), name: z.string(), ...condition });

const secret = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  store: z.string().optional(),
  ...condition,
  lastSync: z.string().optional().describe("RFC 3339"),
  ageSeconds: z.number().optional().describe("Since the last sync"),
});

const step = z.strictObject({
  id: z.string(),
  title: z.string(),
  state: z.enum(["ok", "missing", "differs", "conflict", "not ready", "failed"]),
  detail: z.string().optional(),
});

export const clusterStatus = z.strictObject({
  cluster: z.string().optional().describe("Left out for Vault alone"),
  context: z.string().optional(),
  server: z.string().optional(),
  vault: z.string().optional().describe("How Vault is reached"),
  ok: z.boolean(),
  nodes: z.array(node),
  ignoredPods: z
    .array(z.string())
    .optional()
    .describe("Pods that have Vault's labels and are not of its StatefulSet: nothing is asked of them or sent to them"),
  raft: raft.optional(),
  keptToken: keptToken.optional(),
  logins: z.array(login),
  reviewer: reviewer.optional(),
  operator: operator.optional(),
  stores: z.array(store).describe("Those that log in at the cluster's auth mount"),
  secrets: z.array(secret).describe("ExternalSecrets of those stores"),
  steps: z.array(step),
  unknown: z
    .array(z.strictObject({ what: z.array(z.string()), why: z.string(), code: z.string() }))
    .describe("What could not be read, and why"),
  failure: z
    .strictObject({ code: z.string(), what: z.string(), why: z.string().optional(), fix: z.string().optional() })
    .optional()
    .describe("Why nothing could be said of the cluster"),
});

export const statusDocument = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal("Status"),
  at: z.string().describe("When, RFC 3339"),
  clusters: z.array(clusterStatus),
  exitCode: z.number().describe("0: all is well; 2: something is not ready, differs, or a cluster could not be asked"),
});

export type ClusterStatus = z.output<typeof clusterStatus>;
export type NodeSurvey = z.output<typeof node>;
export type RaftSurvey = z.output<typeof raft>;
export type KeptTokenSurvey = z.output<typeof keptToken>;
export type LoginSurvey = z.output<typeof login>;
export type RoleSurvey = z.output<typeof role>;
export type ReviewerSurvey = z.output<typeof reviewer>;
export type OperatorSurvey = z.output<typeof operator>;
export type StoreSurvey = z.output<typeof store>;
export type SecretSurvey = z.output<typeof secret>;
export type StepSurvey = z.output<typeof step>;
export type Certificate = z.output<typeof certificate>;
