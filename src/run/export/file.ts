import { stringify } from "yaml";

/** A file of an export. */
export interface ExportedFile {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Manifests of Kubernetes, which also make sense as a stream. */
  readonly manifest?: boolean;
}

/** YAML as people keep it: long lines are not folded. */
export const yaml = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

export const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** A manifest in a file of its own. */
export const manifestFile = (path: string, object: object): ExportedFile => ({ path, text: yaml(object), manifest: true });

/** A kustomization that gathers files of its folder. Documented at https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/. */
export const kustomization = (folder: string, resources: readonly string[]): ExportedFile => ({
  path: `${folder}/kustomization.yaml`,
  text: yaml({ apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources }),
});
