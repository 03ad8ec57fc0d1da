import { expect, test } from "vitest";
import { absent } from "../../../src/core/removal.ts";
import { converge, type RunEvent } from "../../../src/core/converge.ts";
import type { Resource } from "../../../src/core/resource.ts";
import { script } from "../../../src/run/script/script.ts";
import { steps } from "../../../src/run/steps.ts";
import { specFrom } from "../spec.ts";

/** What bootstrap makes and no shell does. */
const notCovered: readonly string[] = [];

test.each([{}, { operator: "kes" as const }, { tlsIssuer: "ClusterIssuer/corp" }, { audit: "stdout" as const }])(
  "the printed script covers bootstrap with %j",
  async (given) => {
    const spec = await specFrom({ cluster: "prod", namespace: "shop", secrets: ["db"], ...given });
    const all = Object.values(steps).flatMap((step) => step.resources(spec));
    expect(all.length).toBeGreaterThan(15);
    expect(all.filter(({ command }) => command === undefined).map(({ id }) => id)).toEqual(notCovered);
  },
);

test("what has no commands is named in the script, planned and done", async () => {
  const typed: Resource<object, object> = {
    id: "kubernetes Secret a",
    diff: () => Promise.resolve({ kind: "create", changes: [] }),
    apply: () => Promise.resolve(),
    command: () => ({ lines: "kubectl create secret a" }),
  };
  const { command: _none, ...untyped } = { ...typed, id: "vault b" };
  const removed = absent<object, object>({
    id: "vault c",
    look: () => Promise.resolve({ kind: "there" }),
    remove: () => Promise.resolve(),
  });
  for (const write of [undefined, {}]) {
    const shell = script("#!/bin/sh", {});
    const on = (event: RunEvent) => (event.type === "resource" && event.command !== undefined ? lines.push(shell.add(event.command)) : 0);
    const lines: string[] = [];
    await converge({
      steps: [{ id: "one", title: "one", resources: [typed, untyped, removed], checks: [] }],
      read: {},
      write,
      on,
      commands: true,
    });
    expect(lines.join("")).toBe(
      "#!/bin/sh\n\nkubectl create secret a\n\n" +
        "# Not in this script: vault b. Only vault-k8s does that.\n\n# Not in this script: vault c. Only vault-k8s does that.\n\n",
    );
  }
});
