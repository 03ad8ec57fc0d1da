import { z } from "zod";
import { diagnosisDocument } from "../../src/ui/diagnosis-schema.ts";
import { planDocument, runDocument } from "../../src/ui/plan-schema.ts";

/** The JSON schemas of what -o json prints, made from the code that prints it. */
export const schemaPages = (): (readonly [string, string])[] =>
  Object.entries({ "diagnosis.v1.json": diagnosisDocument, "plan.v1.json": planDocument, "run.v1.json": runDocument }).map(
    ([name, shape]) => [
      `schemas/${name}`,
      `${JSON.stringify({ $id: `https://vault-k8s.io/schemas/${name}`, ...z.toJSONSchema(shape) }, undefined, 2)}\n`,
    ],
  );
