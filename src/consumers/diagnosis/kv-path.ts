/** A name below the prefix that nobody has: Vault says 404 where one may read and 403 where one may not. */
export const probePath = (mount: string, prefix: string): string => `${mount}/data/${prefix}vault-k8s-probe`;

/** The API's path of a key as the operator builds it: the mount, and `data`, may stand in the key or not. */
export function apiPath(mount: string, key: string): string {
  const plain = key.replace(/^\/+/, "");
  if (plain.startsWith(`${mount}/data/`)) return plain;
  return `${mount}/data/${plain.startsWith(`${mount}/`) ? plain.slice(mount.length + 1) : plain}`;
}
