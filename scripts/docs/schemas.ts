import { z } from "zod";
import { diagnosisDocument } from "../../src/ui/diagnosis-schema.ts";
import { planDocument, runDocument } from "../../src/ui/plan-schema.ts";
import { statusDocument } from "../../src/ui/status-schema.ts";

const documents = {
  "diagnosis.v1.json": diagnosisDocument,
  "plan.v1.json": planDocument,
  "run.v1.json": runDocument,
  "status.v1.json": statusDocument,
};

/** The JSON schemas of what -o json prints, made from the code that prints it. */
export const schemaPages = (): (readonly [string, string])[] =>
  Object.entries(documents).map(([name, shape]) => [
    `schemas/${name}`,
    `${JSON.stringify({ $id: `https://vault-k8s.io/schemas/${name}`, ...z.toJSONSchema(shape) }, undefined, 2)}\n`,
  ]);
