/** A share in hex; as Vault reads it: hex of a likely length, else base64. */
export function decoded(key: string): string | undefined {
  if (/^([0-9a-f]{2}){16,33}$/i.test(key)) return key.toLowerCase();
  return /^[A-Za-z0-9+/]+={0,2}$/.test(key) && key.length % 4 === 0 ? Buffer.from(key, "base64").toString("hex") : undefined;
}
