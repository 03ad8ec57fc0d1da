import { laterCa, type Content } from "../../systems/content.ts";
import { applications, forArgoCd } from "./argocd.ts";
import { kustomization, type ExportedFile } from "./file.ts";
import type { Format } from "./format.ts";
import { fluxFiles } from "./flux.ts";
import { folders, kustomizations, objectFiles } from "./objects.ts";
import { readme } from "./readme.ts";
import { valuesFile, type ExportedRelease } from "./releases.ts";
import { vaultFiles } from "./vault.ts";

export interface ExportInput {
  readonly cluster: string;
  readonly context: string;
  readonly format: Format;
  readonly contents: readonly Content[];
  readonly releases: readonly ExportedRelease[];
  /** Where the folder lies in the repository, for Flux. */
  readonly repoPath: string;
  /** Scripts of what holds secrets. */
  readonly scripts: readonly ExportedFile[];
  /** Where the CA of Vault will stand, for files that name it before it is there. */
  readonly ca: { readonly namespace: string; readonly secret: string };
}

/** All files of an export. */
export function exportedFiles(input: ExportInput): ExportedFile[] {
  const custom = input.contents.some((content) => content.kind === "object" && content.custom);
  const side = sides[input.format](input, custom);
  const lackCa = side.filter(({ text }) => text.includes(laterCa)).map(({ path }) => path);
  return [readme({ ...input, custom, lackCa }), ...side, ...input.scripts, ...vaultFiles(input.contents)];
}

type Side = (input: ExportInput, custom: boolean) => ExportedFile[];

const sides: Readonly<Record<Format, Side>> = {
  yaml: ({ contents, releases }) => [...objectFiles(contents), ...releases.map(valuesFile)],
  kustomize: ({ contents, releases }) => {
    const objects = objectFiles(contents);
    return [...objects, ...kustomizations(objects), ...releases.map(valuesFile)];
  },
  argocd: ({ contents, releases }) => {
    const objects = objectFiles(contents, forArgoCd);
    const charts = applications(releases, "argocd");
    const used = [
      ...Object.values(folders).filter((folder) => objects.some(({ path }) => path.startsWith(folder))),
      ...charts.map(({ path }) => path),
    ];
    return [{ ...kustomization(".", used), path: "kustomization.yaml" }, ...objects, ...kustomizations(objects), ...charts];
  },
  flux: ({ contents, releases, repoPath }, custom) => {
    const objects = objectFiles(contents);
    return [
      ...objects,
      ...kustomizations(objects),
      ...fluxFiles(releases, custom, { path: repoPath, repository: "flux-system", namespace: "flux-system" }),
    ];
  },
};
