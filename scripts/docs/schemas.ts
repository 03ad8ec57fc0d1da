import { z } from "zod";
import { planDocument, runDocument } from "../../src/ui/plan-schema.ts";

/** The JSON schemas of what -o json prints, made from the code that prints it. */
export const schemaPages = (): (readonly [string, string])[] =>
  Object.entries({ "plan.v1.json": planDocument, "run.v1.json": runDocument }).map(([name, shape]) => [
    `schemas/${name}`,
    `${JSON.stringify({ $id: `https://vault-k8s.io/schemas/${name}`, ...z.toJSONSchema(shape) }, undefined, 2)}\n`,
  ]);
