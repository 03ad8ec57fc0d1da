import { z } from "zod";
import { apiVersion } from "../../systems/document.ts";

// The documents that plan, apply, bootstrap and the single steps print with -o json, version 1: docs/schemas holds them as JSON schemas.

const change = z.strictObject({
  field: z.string().describe("A field, or an object of a Helm release"),
  before: z
    .string()
    .optional()
    .describe(
      'Left out where there was nothing. Secret values stand here as "fingerprint …": equal for equal values within one run, and good for nothing else',
    ),
  after: z.string().optional().describe("Left out where there will be nothing"),
});

const resource = z.strictObject({
  id: z.string().describe('What it is, such as "vault auth/k8s-eks-prod/config"'),
  result: z
    .enum(["unchanged", "created", "updated", "deleted", "would-create", "would-update", "would-delete", "pending"])
    .describe("pending: known only when what stands before it was made; its changes are what is expected"),
  changes: z.array(change),
  note: z.string().optional(),
});

const check = z.strictObject({
  id: z.string(),
  title: z.string(),
  result: z
    .enum(["pass", "unproven", "missing", "fail"])
    .describe(
      "unproven: nothing speaks against it, and it cannot be seen from here; missing: something that a person provides is not there yet",
    ),
  detail: z.string().optional(),
  reason: z.string().optional(),
  fix: z.string().optional(),
});

const step = z.strictObject({ id: z.string(), title: z.string(), resources: z.array(resource), checks: z.array(check) });

const target = z.strictObject({
  cluster: z.string(),
  context: z.string(),
  server: z.string(),
  vault: z.string(),
  from: z.string().optional().describe("The file that says what is run and where keys and tokens go, and which settings of it"),
});

const counts = z
  .strictObject({ create: z.number(), update: z.number(), delete: z.number(), unchanged: z.number(), pending: z.number() })
  .describe("Resources that are or would be created, updated and deleted, that are as they should be, and that are known only later");

const begun = {
  command: z.string(),
  target: target.optional(),
  steps: z.array(step),
};

const common = {
  apiVersion: z.literal(apiVersion),
  ...begun,
  counts,
  changed: z.number().describe("Created, updated and deleted together"),
  script: z.string().optional().describe("With --print-commands: a shell script that does the same"),
  exitCode: z.number(),
};

const notice = z.strictObject({ reason: z.string(), fix: z.string() });

/** What `plan --out` adds, for `apply`. */
const saved = z.strictObject({
  version: z.string().describe("The vault-k8s that made it"),
  at: z.string().describe("When, in UTC"),
  clusterUid: z.string().describe("UID of namespace kube-system"),
  settings: z
    .record(z.string(), z.union([z.string(), z.array(z.string())]))
    .describe("The settings by their flags, without those of toldAnew and without values that look like secrets"),
  toldAnew: z
    .array(z.string())
    .optional()
    .describe("Flags of programs, of the kubeconfig and of files of keys and tokens that it was made with; apply is told them anew"),
  asked: z
    .array(z.strictObject({ flag: z.string(), key: z.string() }))
    .describe("Values of --set and --operator-set that are not in the file; apply asks for them"),
});

export const planDocument = z.strictObject({
  ...common,
  kind: z.literal("Plan"),
  notices: z.array(notice),
  saved: saved.optional().describe("Only in the files of --out"),
});

export const runDocument = z.strictObject({
  ...common,
  kind: z.literal("Run"),
  notices: z.array(notice),
  next: z.array(z.string()).describe("Lines to type next"),
});

export type PlanDocument = z.output<typeof planDocument>;
export type RunDocument = z.output<typeof runDocument>;
export type Saved = z.output<typeof saved>;
export type StepDocument = z.output<typeof step>;
export type Counts = z.output<typeof counts>;
