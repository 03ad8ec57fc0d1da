import { delimiter } from "node:path";
import type { LabPaths } from "./paths.ts";

/** The environment of a command that works on the lab: the person's own, without what would lead it elsewhere. */
export function labEnvironment(paths: LabPaths, own: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept = Object.entries(own).filter(([name, value]) => value !== undefined && !/^(VAULT|BAO)_/.test(name));
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    KUBECONFIG: paths.kubeconfig,
    XDG_DATA_HOME: paths.data,
    LAB_STATE: paths.folder,
    PATH: [paths.bin, own["PATH"]].filter(Boolean).join(delimiter),
  };
}
