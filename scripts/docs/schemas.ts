import { z } from "zod";
import { configSchema } from "../../src/config/schema.ts";
import { diagnosisDocument } from "../../src/doctor/schema.ts";
import { fleetListDocument } from "../../src/fleet/inventory/document.ts";
import { fleetDocument } from "../../src/fleet/report/schema.ts";
import { planDocument, runDocument } from "../../src/run/plan/schema.ts";
import { statusDocument } from "../../src/run/status/schema.ts";

const documents = {
  "fleet.v1.json": fleetDocument,
  "diagnosis.v1.json": diagnosisDocument,
  "fleet-list.v1.json": fleetListDocument,
  "plan.v1.json": planDocument,
  "run.v1.json": runDocument,
  "status.v1.json": statusDocument,
};

/** The JSON schemas of what -o json prints and of vault-k8s.yaml, made from the code that prints and reads them. */
export const schemaPages = (): (readonly [string, string])[] =>
  Object.entries({ ...Object.fromEntries(Object.entries(documents).map(ofDocument)), "config.json": configSchema() }).map(
    ([name, schema]) => [`schemas/${name}`, `${JSON.stringify(schema, undefined, 2)}\n`],
  );

const ofDocument = ([name, shape]: [string, z.ZodType]): [string, object] => [
  name,
  { $id: `https://vault-k8s.io/schemas/${name}`, ...z.toJSONSchema(shape) },
];
