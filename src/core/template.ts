import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of templates/, with each `${name}` replaced. Unknown names are a bug and throw. */
export function template(file: string, values: Readonly<Record<string, string>>): string {
  return readFileSync(join(packageFolder(), "templates", file), "utf8").replace(/\$\{(\w+)\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`templates/${file} names ${name}, which has no value`);
    return value;
  });
}

// The bundle and the sources lie at different depths below the package's folder.
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
