import type { Notice } from "../core/step.ts";
import { fact, valueOf } from "../core/fact.ts";
import type { Readers } from "../systems/world.ts";

/**
 * A Vault at an address whose certificate only this machine's own trust store vouches for: its pods have another, so they have to be told the CA.
 * Nothing where it was told, or where Vault does not answer.
 */
export async function unknownToPods(read: Readers): Promise<readonly Notice[]> {
  return valueOf(await fact(() => vouchedForHere(read))) === true ? [untold] : [];
}

async function vouchedForHere({ where, nodes }: Readers): Promise<boolean> {
  if (where.vaultIs !== "address" || (await where.consumerCa()) !== undefined) return false;
  const [all, address] = await Promise.all([nodes.nodes(), where.consumerAddress()]);
  const node = all.find(({ name }) => name === address);
  const shown = node === undefined ? undefined : await nodes.certificate(node);
  return shown?.ofPublicAuthority === false;
}

const untold: Notice = {
  reason: "Vault's certificate is trusted by the trust store of this machine, and by no public authority: pods have a store of their own.",
  fix: "Pass its CA with --ca-cert FILE: pods are told it (caBundle).",
};
