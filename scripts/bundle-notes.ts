import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "rolldown";

/**
 * Writes two files beside the bundle: chunks.json, which package stands in which chunk (the startup test reads it), and
 * LICENSES.txt, since the bundle carries the code of other people.
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
      this.emitFile({ type: "asset", fileName: "chunks.json", source: `${JSON.stringify(Object.fromEntries(named), undefined, 2)}\n` });
      this.emitFile({ type: "asset", fileName: "LICENSES.txt", source: folders.map(licence).join("\n") });
    },
  };
}

const packageFolder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const packageFolders = (files: readonly string[]): string[] => [...new Set(files.flatMap((file) => packageFolder.exec(file)?.[1] ?? []))];
const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);

function licence(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = existsSync(folder) ? readdirSync(folder).find((each) => /^licen[cs]e/i.test(each)) : undefined;
  return `${"=".repeat(80)}\n${name} ${version} (${license ?? "see below"})\n\n${file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim()}\n`;
}
