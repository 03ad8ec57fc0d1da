import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "rolldown";
import { sbom, type Bundled } from "./sbom.ts";

/**
 * Writes three files beside the bundle, from the bundler's own list of modules: chunks.json, which package stands in which chunk (the startup
 * test reads it); LICENSES.txt, since the bundle carries the code of other people; and sbom.cdx.json, what it is made of.
 */
export function bundleNotes(): Plugin {
  return {
    name: "bundle-notes",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).flatMap((item) =>
        item.type === "chunk" ? [{ fileName: item.fileName, folders: packageFolders(item.moduleIds) }] : [],
      );
      const named = chunks.map(({ fileName, folders }) => [fileName, folders.map(nameOf).sort()] as const);
      const folders = [...new Set(chunks.flatMap((chunk) => chunk.folders))].sort();
      const write = (fileName: string, source: string): void => void this.emitFile({ type: "asset", fileName, source });
      write("chunks.json", `${JSON.stringify(Object.fromEntries(named), undefined, 2)}\n`);
      write("LICENSES.txt", folders.map(licence).join("\n"));
      write("sbom.cdx.json", `${JSON.stringify(sbom(manifest("."), folders.map(manifest)), undefined, 2)}\n`);
    },
  };
}

const packageFolder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const packageFolders = (files: readonly string[]): string[] => [...new Set(files.flatMap((file) => packageFolder.exec(file)?.[1] ?? []))];
const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
const manifest = (folder: string): Bundled => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Bundled;

/** The licence of a package and, where it has one, its notice, which has to go with the code. */
function licence(folder: string): string {
  const { name, version, license } = manifest(folder);
  const files = readdirSync(folder).sort();
  const read = (like: RegExp): string[] =>
    files.filter((each) => like.test(each)).map((file) => readFileSync(join(folder, file), "utf8").trim());
  const texts = read(/^(licen[cs]e|notice)/i);
  // Some have it in their README alone.
  const all = texts.length > 0 ? texts : read(/^readme/i).map((text) => text.slice(Math.max(0, text.search(/^#* ?licen[cs]e\n/im))));
  return `${"=".repeat(80)}\n${name} ${version} (${license ?? "see below"})\n\n${all.join("\n\n")}\n`;
}
