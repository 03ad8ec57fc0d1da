import { originText } from "../../config/origin.ts";
import type { Resolved } from "../../config/resolve.ts";
import { specOf } from "../../config/spec.ts";
import { settleVault, type VaultUse } from "../../config/which-vault.ts";
import { noticeLines } from "../render/asides.ts";
import type { Terminal } from "../render/terminal.ts";
import type { Host } from "./command.ts";

/**
 * Which Vault is meant. What bootstrap has a person export next is the Vault in the cluster, and must not become another one: an exported address
 * is asked who it is. @throws CliError VK1001, VK1002, VK1005.
 */
export const settledVault = (given: Resolved, use: VaultUse, { env, cwd, signal }: Host, terminal: Terminal): Promise<Resolved> =>
  settleVault(given, use, async (address, { settings, origins }) => {
    const { isOwnVault } = await import("../../run/world/exported.ts");
    const caCertIsFallback = origins.caCert.kind === "env";
    return isOwnVault(address, specOf(settings), { env, cwd, signal, caCertIsFallback, notice: noticeLines(terminal) });
  });

/** Tells of an exported namespace that went with its address. */
export function tellDropped(given: Resolved, settled: Resolved, terminal: Terminal): void {
  const { vaultNamespace: before, vaultAddr } = given.origins;
  if (before.kind !== "env" || settled.origins.vaultNamespace.kind === "env") return;
  const address = vaultAddr.kind === "env" ? vaultAddr.variable : originText(vaultAddr);
  noticeLines(terminal)(
    `${before.variable} is not used: it is exported beside ${address}, whose Vault is not the one of this run. --vault-namespace names one.`,
  );
}
