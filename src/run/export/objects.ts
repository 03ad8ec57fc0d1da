import type { KubeObject } from "../../systems/world.ts";
import type { Content } from "../../systems/content.ts";
import { kustomization, manifestFile, type ExportedFile } from "./file.ts";

/** What may be applied at once, and what only when the operator serves its kinds. */
export const folders = { base: "kubernetes/base", custom: "kubernetes/external-secrets" } as const;

/** The objects of the cluster, a file each, in two folders. `change` is what a controller of the format wants on them. */
export function objectFiles(
  contents: readonly Content[],
  change: (object: KubeObject, custom: boolean) => KubeObject = (object) => object,
): ExportedFile[] {
  const objects = contents.flatMap((content) => (content.kind === "object" ? [content] : []));
  const files = objects.map(({ object, custom }) =>
    manifestFile(`${custom ? folders.custom : folders.base}/${nameOf(object)}.yaml`, change(object, custom)),
  );
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** In this order: Kubernetes takes a token Secret away again whose service account is not there. */
const first = ["Namespace", "ServiceAccount"];

/** "1-serviceaccount-vault-k8s-vault-reviewer": kubectl applies files by their names. */
function nameOf({ kind, metadata: { name, namespace } }: KubeObject): string {
  const turn = first.includes(kind) ? first.indexOf(kind) : first.length;
  return [String(turn), kind.toLowerCase(), ...(namespace === undefined ? [] : [namespace]), name].join("-");
}

/** A kustomization for each folder that has files. */
export function kustomizations(files: readonly ExportedFile[]): ExportedFile[] {
  return Object.values(folders).flatMap((folder) => {
    const own = files.filter(({ path }) => path.startsWith(`${folder}/`)).map(({ path }) => path.slice(folder.length + 1));
    return own.length === 0 ? [] : [kustomization(folder, own)];
  });
}
