/** The API's path of a key as the operator builds it: the mount, and `data`, may stand in the key or not. */
export function apiPath(mount: string, key: string): string {
  const plain = key.replace(/^\/+/, "");
  if (plain.startsWith(`${mount}/data/`)) return plain;
  return `${mount}/data/${plain.startsWith(`${mount}/`) ? plain.slice(mount.length + 1) : plain}`;
}
