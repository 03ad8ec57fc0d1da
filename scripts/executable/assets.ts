import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Files of the checkout that the executable runs: the built bundle, and what keeps its secrets out of dumps. */
export const codeFiles = (checkout: string): string[] => [
  "bin/guard.js",
  ...readdirSync(join(checkout, "dist"))
    .filter((name) => name.endsWith(".cjs"))
    .sort()
    .map((name) => `dist/${name}`),
];

/** Files that it reads. The pages of `explain` are in the bundle. */
const textFiles = (checkout: string): string[] =>
  readdirSync(join(checkout, "templates"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(checkout.length + 1))
    .sort();

/** All of it by the name under which it is asked for: code from where it was compiled, text from the checkout. */
export function assets(checkout: string, compiled: string): Record<string, string> {
  const code = codeFiles(checkout).flatMap((file) => [file, `${file}.cache`]);
  return Object.fromEntries([
    ...code.map((file) => [file, join(compiled, file)] as const),
    ...textFiles(checkout).map((file) => [file, join(checkout, file)] as const),
  ]);
}
