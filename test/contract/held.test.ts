import { existsSync, statSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { stepIds } from "../../src/config/step-id.ts";
import { oneContext } from "../../src/fleet/inventory/held-entry.ts";
import { heldContext } from "../../src/fleet/inventory/held.ts";
import { allowedPrograms } from "../../src/fleet/inventory/programs.ts";
import { boundSteps } from "../../src/run/bound-steps.ts";
import type { ClusterEvent } from "../../src/run/observer.ts";
import { run } from "../../src/run/run.ts";
import { stepsFor } from "../../src/run/which-steps.ts";
import { results } from "./run.ts";
import { planted, Scene } from "./scene.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 60_000;
  const { storage } = scene.vault.ready();
  await writeFile(join(scene.folder, "token"), `${storage.issued[0] ?? ""}\n`);
});
afterEach(() => scene.close());

/** A bootstrap of eks-staging, which no kubeconfig has: its plugin alone knows the token. */
async function bootstrap(): Promise<ClusterEvent[]> {
  const plugin = join(scene.folder, "plugin");
  const apiVersion = "client.authentication.k8s.io/v1";
  const credential = { apiVersion, kind: "ExecCredential", status: { token: planted.kubeconfigToken } };
  await writeFile(plugin, `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`);
  await chmod(plugin, 0o755);
  const cluster = { server: scene.staging.url, "certificate-authority-data": Buffer.from(scene.staging.authority.ca).toString("base64") };
  const text = oneContext(cluster, { exec: { apiVersion, command: "plugin", interactiveMode: "Never" } });
  const trust = { programs: allowedPrograms({}, [`plugin=${plugin}`]), allowInsecure: false, env: { PATH: process.env["PATH"] } };
  const held = heldContext(text, { called: "fleet/staging", object: "Secret fleet/staging" }, trust);
  const spec = await scene.spec({
    cluster: "staging",
    kubeconfig: join(scene.folder, "no-such-kubeconfig"),
    vaultAddr: scene.vault.url,
    vaultTokenFile: join(scene.folder, "token"),
    kubernetesHost: scene.staging.url,
  });
  const commandLines = { steps: () => "", own: () => "" };
  const events: ClusterEvent[] = [];
  const work = { steps: await boundSteps(stepsFor(stepIds, spec), spec), commandLines, missingIs: 0, preflight: true } as const;
  await run(spec, { ...scene.systems(), held }, (event) => void events.push(event), work);
  return events;
}

const helmsFiles = (): string[] => scene.helm.environments.flatMap((text) => /KUBECONFIG="(.*)"$/m.exec(text)?.slice(1) ?? []);

it("a cluster whose kubeconfig is in memory alone is wired; helm gets a file that only this user may read, while it installs", async () => {
  const seen: string[] = [];
  const push = vi.spyOn(scene.helm.environments, "push").mockImplementation(function (this: string[], ...texts: string[]) {
    const file = /KUBECONFIG="(.*)"$/m.exec(texts[0] ?? "")?.[1];
    if (file !== undefined) seen.push(`${(statSync(file).mode & 0o777).toString(8)} ${(statSync(dirname(file)).mode & 0o777).toString(8)}`);
    this[this.length] = texts[0] ?? "";
    return this.length;
  });
  const events = await bootstrap();
  push.mockRestore();
  expect(results({ events })).toMatchObject({ "vault auth/k8s-staging/config": "created" });
  expect(events).toContainEqual(expect.objectContaining({ type: "target", context: "fleet/staging", server: scene.staging.url }));
  expect([...new Set(seen)]).toEqual(["600 700"]);
  expect(helmsFiles().filter((file) => existsSync(dirname(file)))).toEqual([]);
  expect(scene.helm.environments.join("\n") + scene.helm.calls.join("\n")).not.toContain(planted.kubeconfigToken);
  const again = await bootstrap();
  expect(Object.values(results({ events: again })).filter((one) => one !== "unchanged")).toEqual([]);
});

it("the file goes also where helm fails", async () => {
  scene.line.break(({ server, method, path }) =>
    server === "kube eks-staging" && method === "POST" && path.includes("/secrets") && helmsFiles().length > 0
      ? { kind: "cut-before" }
      : undefined,
  );
  await bootstrap().catch(() => undefined);
  expect(helmsFiles().length).toBeGreaterThan(0);
  expect(helmsFiles().filter((file) => existsSync(dirname(file)))).toEqual([]);
});
