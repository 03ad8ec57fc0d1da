import { readFile } from "node:fs/promises";
import { X509Certificate } from "node:crypto";
import type { VaultSpec } from "../../config/spec/vault.ts";
import { failure, kinds } from "../../errors.ts";
import type { Where } from "../../systems/world.ts";

export type WhichVault = Where["vaultIs"];

/**
 * Which Vault is meant: an address, pods of another cluster, or pods of the cluster that is wired.
 * @throws CliError VK1001 when they say two places.
 */
export function whichVault({ address, context, nodes }: VaultSpec): WhichVault {
  if (address !== undefined && context !== undefined) {
    throw failure(kinds.usage, {
      what: `Vault is said to be at ${address} and in context ${context}`,
      fix: "Pass only one of them: --vault-addr or --vault-context.",
    });
  }
  if (context !== undefined) return "other-cluster";
  return address !== undefined || nodes.length > 0 ? "address" : "cluster";
}

/** The PEM in the file of --ca-cert. Throws VK1004 when it holds no certificate. */
export async function readCa(file: string | undefined): Promise<string | undefined> {
  if (file === undefined || file === "") return undefined;
  const wrong = (why: string | undefined) =>
    failure(kinds.badValue, { what: `The CA file ${file} cannot be used`, why, fix: "Name a PEM file with --ca-cert (or VAULT_CACERT)." });
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw wrong(error.code === "ENOENT" ? "It does not exist." : error.code);
  });
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw wrong("It holds no PEM certificate.");
  if (blocks.some((block) => !isCertificate(block))) throw wrong("A certificate in it is broken.");
  return text;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
