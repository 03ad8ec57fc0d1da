import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Scene } from "../contract/scene.ts";
import type { Fault } from "../fakes/wire/faults.ts";
import { kubeError, vaultError } from "../fakes/wire/faults.ts";
import { behaviours, behaving } from "../unit/systems/hostile-servers.ts";
import { onFakesInTerminal } from "./on-fakes.ts";
import { home, vaultK8s } from "./product.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene.close());

/** What a process may take at its peak, in MiB; it takes about 100 to say anything at all. */
const most = 450;

describe("a server that sends more than anyone can keep", () => {
  test.each([
    "a body of gigabytes",
    "a stream without a length and without an end",
    "a gzip bomb",
    "a million empty lists",
    "deep nesting",
  ])(
    "%s: the process stays small, and ends with a sentence",
    async (name) => {
      const { url } = await behaving(behaviours[name]!);
      const [script, peak, kubeconfig] = ["peak.cjs", "peak", "kubeconfig-hostile"].map((each) => join(home, each)) as [
        string,
        string,
        string,
      ];
      await writeFile(
        script,
        `process.on("exit", () => require("node:fs").writeFileSync(process.env.PEAK, String(process.resourceUsage().maxRSS)));\n`,
      );
      await writeFile(
        kubeconfig,
        JSON.stringify({
          clusters: [{ name: "c", cluster: { server: url } }],
          users: [{ name: "u", user: { token: "t" } }],
          contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
        }),
      );
      const env = { PEAK: peak, VAULT_TOKEN: "hvs.of-a-test-that-nobody-uses" };
      const run = await vaultK8s(["policy", "--cluster", "c", "--kubeconfig", kubeconfig, "--vault-addr", url], {
        node: ["--require", script],
        env,
      });
      expect(run.exitCode, run.stderr).toBeGreaterThan(0);
      expect(run.stderr).toMatch(/VK1[12]\d\d/);
      expect(run.stderr).not.toMatch(/A bug in vault-k8s|heap out of memory/);
      expect(Number(await readFile(peak, "utf8")) / 1024).toBeLessThan(most);
    },
    120_000,
  );
});

/** What moves the cursor, clears, renames the window, writes the clipboard, or asks the terminal something. */
const harmful = "\u001b[2J\u001b[1;1H\u001b]0;owned\u0007\u001b]52;c;b3duZWQ=\u0007\u009b2J\u001bc\u001b[6n\u202eowned\u0008\r";

describe("escape sequences in a server's words", () => {
  const faults: readonly (readonly [string, Fault])[] = [
    ["vault", vaultError(400, `${harmful}bad`)],
    ["vault", { kind: "answer", status: 200, body: harmful, headers: { "content-type": "text/html" } }],
    ["kube", kubeError(422, "Invalid", `${harmful}bad`)],
    ["kube", { kind: "answer", status: 502, body: harmful, headers: { "content-type": "text/html; x=y" } }],
  ];

  test.each(faults)(
    "of %s do not reach the terminal",
    async (server, fault) => {
      scene.line.break((request) => (request.server.startsWith(server) || server === "vault" ? fault : undefined));
      const run = await onFakesInTerminal(scene, ["policy", "--cluster", "eks-prod", "--yes", "-v"], {
        env: { FORCE_COLOR: "1", VAULT_TOKEN: "hvs.of-a-test-that-nobody-uses" },
      });
      scene.line.mend();
      // Colours, and the clearing of the line that shows progress, are our own.
      // oxlint-disable-next-line no-control-regex
      const left = run.stdout.replace(/\u001b\[[\d;]*[mKG]|\u001b\[\?25[lh]/g, "");
      // oxlint-disable-next-line no-control-regex
      expect(left).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]/);
      expect(left).toMatch(/VK1\d\d\d/);
    },
    60_000,
  );
});
