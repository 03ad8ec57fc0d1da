import type { SecretMount, Storage } from "./storage.ts";

/** The secrets mount that serves a path, and what follows its own path. */
export function mountOf(storage: Storage, path: string): { readonly mount: SecretMount; readonly rest: string } | undefined {
  for (const [at, mount] of storage.mounts) if (path.startsWith(at)) return { mount, rest: path.slice(at.length) };
  return undefined;
}

/** The mount that stands in the way of a new one: the same path, or one above or below it. */
export function inTheWay(paths: Iterable<string>, wanted: string): string | undefined {
  return [...paths].find((existing) => existing.startsWith(wanted) || wanted.startsWith(existing));
}
