import type { NotYet } from "../../core/errors.ts";
import { kinds, notYet } from "../../errors.ts";

/** Vault is there, and sealed. */
export const sealed = (where: string): NotYet =>
  notYet(kinds.vaultSealed, {
    what: `Vault is sealed (${where})`,
    fix: "vault-k8s operator unseal unseals every pod; or unseal it by hand: vault operator unseal",
  });

/** Vault is there, and was never initialised. */
export const uninitialised = (where: string): NotYet =>
  notYet(kinds.vaultUninitialised, {
    what: `Vault is not initialised (${where})`,
    fix: "vault-k8s operator init does it, once, and keeps the keys.",
  });

/** Some servers are unsealed, and none of them leads. */
export const noActive = (where: string, look: string): NotYet =>
  notYet(kinds.vaultNoActive, {
    what: `No Vault server is active (${where})`,
    why: "Some are unsealed, but none was elected.",
    fix: `More than half of them have to be unsealed: vault-k8s operator unseal. ${look}`,
  });
