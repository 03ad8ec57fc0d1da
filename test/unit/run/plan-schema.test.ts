import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { ClusterEvent } from "../../../src/run/observer.ts";
import { collector } from "../../../src/run/collect.ts";
import { diagnosisJson } from "../../../src/cli/render/diagnosis.ts";
import { jsonRenderer } from "../../../src/cli/render/json.ts";
import { document } from "../../../src/systems/document.ts";

const folder = join(import.meta.dirname, "../../../docs/schemas");
type Name = "plan.v1.json" | "run.v1.json" | "diagnosis.v1.json";
const published = (name: Name): object => JSON.parse(readFileSync(join(folder, name), "utf8")) as object;

const events: readonly ClusterEvent[] = [
  { cluster: "c", type: "step", id: "policy", title: "P" },
  {
    cluster: "c",
    type: "resource",
    step: "policy",
    id: "a",
    result: "would-update",
    changes: [
      { field: "f", before: "1", after: "2" },
      { field: "gone", before: "x" },
    ],
  },
  { cluster: "c", type: "resource", step: "policy", id: "b", result: "pending", changes: [], note: "later" },
  { cluster: "c", type: "check", step: "policy", id: "c", title: "C", finding: { kind: "missing", reason: "r", fix: "f" } },
  { cluster: "c", type: "check", step: "policy", id: "d", title: "D", finding: { kind: "pass" } },
];

/** Fails with what the validator says. */
function conforms(name: Name, text: string): void {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  expect(ajv.validate(published(name), JSON.parse(text)), JSON.stringify(ajv.errors)).toBe(true);
}

describe("the published schemas", () => {
  it.each([
    ["plan.v1.json", true],
    ["run.v1.json", false],
  ] as const)("%s describes what -o json prints", (name, dryRun) => {
    const written: string[] = [];
    const renderer = jsonRenderer("bootstrap", (text) => void written.push(text));
    renderer.event({ type: "target", cluster: "c", context: "x", server: "s", vault: "v" });
    events.forEach(renderer.event);
    renderer.event({
      type: "end",
      cluster: "c",
      exitCode: 0,
      changed: 1,
      pending: 0,
      findings: [],
      dryRun,
      notices: [{ reason: "r", fix: "f" }],
      next: [],
    });
    conforms(name, written.join(""));
  });

  it("diagnosis.v1.json describes what doctor prints", () => {
    const mend = { command: "vault-k8s role --cluster c", steps: ["role"] } as const;
    const causes = [
      { code: "VD20", title: "T", sure: "certain", evidence: ["e"], mend },
      { code: "VD54", title: "U", sure: "likely", evidence: [], mend: { command: "kubectl get pods", note: "n" } },
    ] as const;
    const findings = { causes, symptoms: ["s"], seen: ["a"], unseen: ["b"], said: undefined, refused: false };
    conforms("diagnosis.v1.json", diagnosisJson({ cluster: "c", context: "x", vault: "v", findings, mended: ["VD10"], exitCode: 1 }));
  });

  it("plan.v1.json describes a file of plan --out, and refuses what is not in it", () => {
    const gathered = collector("plan");
    events.forEach(gathered.event);
    const plan = gathered.plan({ exitCode: 0, notices: [] });
    const saved = {
      version: "1.0.0",
      at: "2026-01-01T00:00:00Z",
      clusterUid: "u",
      settings: { cluster: "c", set: ["a=b"] },
      asked: [{ flag: "set", key: "k" }],
    };
    conforms("plan.v1.json", document("Plan", { ...plan, saved }));
    expect(() => conforms("plan.v1.json", document("Plan", { ...plan, saved, more: 1 }))).toThrow();
  });
});
