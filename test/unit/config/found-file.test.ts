import { chmod, chown, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { resolveSettings } from "../../../src/config/resolve.ts";
import { kinds } from "../../../src/errors.ts";
import { failureOf, folder, words } from "./folder.ts";

const text = "helm: ./helm.sh\nvault: { addr: https://vault.example:8200 }\n";
const somebody = 65_534;

async function lying(mode = 0o644, owner?: number): Promise<string> {
  const cwd = await folder();
  const file = join(cwd, "vault-k8s.yaml");
  await writeFile(file, text);
  await chmod(file, mode);
  if (owner !== undefined) await chown(file, owner, owner);
  return cwd;
}

const read = (cwd: string, { config, env = {} }: { config?: string; env?: Record<string, string> } = {}) =>
  resolveSettings({ flags: config === undefined ? {} : { config }, env, cwd });

describe("a file that was only found", () => {
  it("is read where it is the user's alone", async () => {
    for (const mode of [0o644, 0o600, 0o664]) expect((await read(await lying(mode))).settings.helm).toContain("helm.sh");
  });

  it("is refused where others may write it, before anything of it counts", async () => {
    const error = await failureOf(read(await lying(0o666)));
    expect(error.kind).toBe(kinds.foreignConfig);
    expect(words(error)).toContain("-f vault-k8s.yaml");
  });

  it.runIf(process.getuid?.() === 0)("is refused where it belongs to somebody else, or is a link of theirs", async () => {
    expect((await failureOf(read(await lying(0o644, somebody)))).kind).toBe(kinds.foreignConfig);
    const [target, cwd] = [await lying(), await folder()];
    await symlink(join(target, "vault-k8s.yaml"), join(cwd, "vault-k8s.yaml"));
    expect((await read(cwd)).settings.helm).toContain("helm.sh");
    const { lchown } = await import("node:fs/promises");
    await lchown(join(cwd, "vault-k8s.yaml"), somebody, somebody);
    expect((await failureOf(read(cwd))).kind).toBe(kinds.foreignConfig);
  });

  it.runIf(process.getuid?.() === 0)("of the person who called sudo is theirs", async () => {
    const cwd = await lying(0o644, somebody);
    expect((await read(cwd, { env: { SUDO_UID: String(somebody) } })).settings.helm).toContain("helm.sh");
    expect((await failureOf(read(cwd, { env: { SUDO_UID: "1234" } }))).kind).toBe(kinds.foreignConfig);
  });

  it("does not count owners where the system has none", async () => {
    const spy = vi.spyOn(process, "getuid").mockReturnValue(undefined as never);
    onTestFinished(() => spy.mockRestore());
    expect((await read(await lying(0o666))).settings.helm).toContain("helm.sh");
  });

  it("is read as it is where somebody named it", async () => {
    const cwd = await lying(0o666, process.getuid?.() === 0 ? somebody : undefined);
    for (const named of [read(cwd, { config: "vault-k8s.yaml" }), read(cwd, { env: { VAULT_K8S_CONFIG: "vault-k8s.yaml" } })])
      expect((await named).file).toMatchObject({ found: false });
  });
});
