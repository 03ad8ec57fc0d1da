/** Without a cluster, a name that is made of the cluster's is not known, whatever its type says. */
export const ifKnown = (name: string | undefined): string => name ?? "";

/** A name as Vault keeps it: those of roles and policies in lower case. */
export const asVaultKeeps = (name: string | undefined): string => ifKnown(name).toLowerCase();
