import { z } from "zod";
import { apiVersion } from "../systems/document.ts";

// The document that doctor prints with -o json, version 1: docs/schemas holds it as a JSON schema.

const cause = z.strictObject({
  code: z.string().describe("Stays the same; vault-k8s explain CODE says more of each"),
  title: z.string(),
  sure: z.enum(["certain", "likely"]).describe("likely: it is what remains when everything else that can be asked was looked at"),
  evidence: z.array(z.string()).describe("What was seen"),
  mend: z.strictObject({
    command: z.string().describe("What a person types; one or more lines of a POSIX shell"),
    note: z.string().optional().describe("What to know before"),
    byFix: z.boolean().describe("Whether doctor --fix does it"),
  }),
});

export const diagnosisDocument = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal("Diagnosis"),
  cluster: z.string(),
  context: z.string(),
  vault: z.string().describe("How Vault was reached"),
  causes: z.array(cause).describe("Certain ones first, then in the order in which a login and a sync go"),
  symptoms: z.array(z.string()).describe("What does not work, as a user would see it"),
  seen: z.array(z.string()).describe("What was looked at, and how it was"),
  unseen: z.array(z.string()).describe("What could not be asked, and why"),
  mended: z.array(z.string()).describe("Codes of the causes that --fix mended, in their order"),
  exitCode: z.number(),
});

export type DiagnosisDocument = z.output<typeof diagnosisDocument>;
