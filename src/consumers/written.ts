import type { Plain } from "../core/compare.ts";

/** What Vault holds at one path, digit for digit. */
export type Held = Readonly<Record<string, Plain | undefined>>;

/** A secret of Vault as it lies there. */
export interface HeldAt {
  readonly mount: string;
  /** Below the mount. */
  readonly path: string;
  readonly held: Held;
}

/**
 * What an operator makes of a secret of Vault, by one ExternalSecret.
 * `values`: by key of the Secret, each with the texts that are right, and the keys of Vault's that are read; undefined for all.
 * `lacking`: Vault's secret has no such key. `impossible`: the operator or Kubernetes refuses it. `unknown`: what Vault holds does not tell.
 */
export type Written =
  | { readonly kind: "values"; readonly values: ReadonlyMap<string, readonly string[]>; readonly reads: ReadonlySet<string> | undefined }
  | { readonly kind: "lacking"; readonly key: string }
  | { readonly kind: "impossible"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

/** Ends the making of values, wherever it is. */
export class NotWritten extends Error {
  readonly written: Exclude<Written, { kind: "values" }>;
  constructor(written: Exclude<Written, { kind: "values" }>) {
    super(written.kind);
    this.written = written;
  }
}

export const unknown = (why: string): NotWritten => new NotWritten({ kind: "unknown", why });
export const impossible = (why: string): NotWritten => new NotWritten({ kind: "impossible", why });

/** What `make` ends with. */
export function written(make: () => Written): Written {
  try {
    return make();
  } catch (error) {
    if (error instanceof NotWritten) return error.written;
    throw error;
  }
}

/** A key as a Secret takes it: https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data. Throws NotWritten. */
export function secretKey(key: string): string {
  if (/^(?!\.{1,2}$)(?!\.\.)[-._a-zA-Z0-9]{1,253}$/.test(key)) return key;
  throw impossible(`a Secret of Kubernetes takes no key ${JSON.stringify(key)}`);
}
