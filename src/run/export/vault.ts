import { word } from "../../core/shell.ts";
import type { Content } from "../../systems/content.ts";
import { json, type ExportedFile } from "./file.ts";

const policyFile = (name: string, only: boolean): string => (only ? "policy.hcl" : `${name}.hcl`);

/** Vault's side: policies as HCL, everything else as the JSON that `vault write` takes. */
export function vaultFiles(contents: readonly Content[]): ExportedFile[] {
  const only = contents.filter(({ kind }) => kind === "policy").length === 1;
  return contents.flatMap((content) => {
    if (content.kind === "policy") return [{ path: `vault/${policyFile(content.name, only)}`, text: content.text }];
    return content.kind === "write" ? [{ path: `vault/${content.file}`, text: json(content.body) }] : [];
  });
}

/** The commands that write it, in order; they are run in the folder vault. */
export function vaultCommands(contents: readonly Content[]): string[] {
  const only = contents.filter(({ kind }) => kind === "policy").length === 1;
  return contents.flatMap((content) => {
    if (content.kind === "policy") return [`vault policy write ${word(content.name)} ${policyFile(content.name, only)}`];
    if (content.kind !== "write") return [];
    const { path, file, more = [], before = [], unless } = content;
    const write = ["vault write", word(path), `@${file}`, ...more].join(" ");
    return [...before, unless === undefined ? write : `${unless} || ${write}`];
  });
}
