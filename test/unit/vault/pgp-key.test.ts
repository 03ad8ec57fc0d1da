import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pgpKeyBody } from "../../../src/vault/init/pgp-key.ts";

// An old-format public key packet (tag 6) with a body of nonsense: enough to be recognised, not a real key.
const binary = Buffer.concat([Buffer.from([0x99, 0x00, 0x30]), Buffer.alloc(48, 7)]);
const armoured = `-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: test\n\n${binary.toString("base64").replace(/(.{40})/g, "$1\n")}\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n`;

let folder = "";
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "pgp-"))));
afterEach(() => rm(folder, { recursive: true }));

describe("a PGP key file", () => {
  it.each([
    ["binary", binary],
    ["armoured", armoured],
    ["base64", binary.toString("base64")],
    ["armoured without headers", armoured.replace("Version: test\n", "")],
  ])("is taken when it is %s", async (_name, content) => {
    const file = join(folder, "key");
    await writeFile(file, content);
    expect(await pgpKeyBody(file)).toBe(binary.toString("base64"));
  });

  it.each([
    ["private", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ==\n-----END PGP PRIVATE KEY BLOCK-----"],
    ["text", "hello"],
    ["empty", ""],
  ])("is refused when it is %s", async (_name, content) => {
    const file = join(folder, "key");
    await writeFile(file, content);
    await expect(pgpKeyBody(file)).rejects.toMatchObject({ kind: { code: "VK1009" }, message: `${file} is not a PGP public key` });
  });

  it("is refused when it is not there", async () => {
    await expect(pgpKeyBody(join(folder, "none"))).rejects.toMatchObject({ kind: { code: "VK1009" }, why: "ENOENT" });
  });
});
