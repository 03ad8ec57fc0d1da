import type { Plain } from "../core/compare.ts";
import { word } from "../core/shell.ts";

/** A body that `vault write` can take as words: plain values and lists of words. */
export type PlainBody = { readonly [field: string]: Plain };

/** `vault write PATH key=value …`, lists joined by commas, as Vault's fields of lists read them. For bodies without secrets. */
export function vaultWrite(path: string, body: PlainBody): string {
  const values = Object.entries(body).map(([key, value]) => word(`${key}=${Array.isArray(value) ? value.join(",") : String(value)}`));
  return ["vault write", word(path), ...values].join(" ");
}
