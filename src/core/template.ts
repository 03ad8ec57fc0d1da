import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { getAsset, isSea } from "node:sea";
import { fileURLToPath } from "node:url";

/** A file of templates/, with each `${name}` replaced. Unknown names are a bug and throw. */
export function template(file: string, values: Readonly<Record<string, string>>): string {
  return packageFile(`templates/${file}`).replace(/\$\{(\w+)\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`templates/${file} names ${name}, which has no value`);
    return value;
  });
}

/** A file of the package's folder; the single-file executable has its files in itself: https://nodejs.org/api/single-executable-applications.html */
const packageFile = (file: string): string => (isSea() ? getAsset(file, "utf8") : readFileSync(join(packageFolder(), file), "utf8"));

// The bundle and the sources lie at different depths below the package's folder.
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
