/** A name below a prefix that nobody has: Vault says 404 where one may read and 403 where one may not, whether it exists or not. */
export const probePath = (mount: string, prefix: string): string => `${mount}/data/${prefix}vault-k8s-probe`;
