import { helmIn } from "../kubectl.ts";
import type { HelmRequest } from "../world.ts";
import type { HelmOptions } from "./run.ts";

/** The arguments that say where the release is. */
export const place = ({ kubeconfig, context }: HelmOptions, namespace: string): string[] => [
  "--namespace",
  namespace,
  ...helmIn(context),
  ...(kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig]),
];

/** The arguments that give the values: ours by standard input, then files, then single ones. */
export const valuesArgs = ({ valuesFiles, sets }: Pick<HelmRequest, "valuesFiles" | "sets">): string[] => [
  "--values",
  "-",
  ...valuesFiles.flatMap((file) => ["--values", file]),
  ...sets.flatMap((set) => ["--set", set]),
];
