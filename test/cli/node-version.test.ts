import { mkdir, writeFile, cp } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bin, home, vaultK8s } from "./product.ts";

async function onNode(version: string) {
  const fake = join(home, `node-${version}.cjs`);
  await writeFile(fake, `Object.defineProperty(process.versions, "node", { value: ${JSON.stringify(version)} });`);
  return await vaultK8s(["--version"], { node: ["--require", fake] });
}

describe("the Node.js that runs it", () => {
  it.each(["12.22.12", "18.20.4", "20.20.2", "22.18.0", "23.11.0"])("%s is refused, with the one that is needed", async (version) => {
    const { exitCode, stdout, stderr } = await onNode(version);
    expect(exitCode).toBe(64);
    expect(stdout).toBe("");
    expect(stderr).toContain(`this is ${version}`);
    expect(stderr).toContain("22.19");
    expect(stderr).toContain("VK1008");
  });

  it.each(["22.19.0", "24.0.0", "26.1.0"])("%s is taken", async (version) => expect((await onNode(version)).exitCode).toBe(0));
});

describe("a checkout that is not built", () => {
  it("says what to type", async () => {
    const copy = join(home, "checkout/bin");
    await mkdir(copy, { recursive: true });
    await cp(join(bin, ".."), copy, { recursive: true });
    const { exitCode, stderr } = await vaultK8s([], { node: [join(copy, "vault-k8s")] });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("npm run build");
  });
});
