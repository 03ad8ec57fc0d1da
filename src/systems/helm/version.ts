import { failure, kinds } from "../../errors.ts";
import { oldest, tooOld } from "../oldest-versions.ts";
import { clean } from "../words.ts";
import type { HelmOutput } from "./run.ts";

export interface HelmVersion {
  /** As helm says it, e.g. "v4.1.0". */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** Reads `helm version --template {{.Version}}`. Throws VK1302 for what is too old, VK1301 for what is not helm. */
export function helmVersion(program: string, { stdout, stderr }: HelmOutput): HelmVersion {
  const match = /^v?(\d+)\.(\d+)\./.exec(stdout.trim());
  if (match === null)
    throw failure(kinds.helmMissing, {
      what: `${program} is not helm`,
      why: `Asked for its version, it says: ${clean(stdout || stderr)}`,
      fix: "Name helm with --helm.",
    });
  const version = { text: clean(stdout), major: Number(match[1]), minor: Number(match[2]) };
  const found = tooOld(oldest.helm, stdout.trim());
  if (found === undefined) return version;
  throw failure(kinds.helmTooOld, {
    what: `helm ${clean(stdout)} is too old`,
    why: `${found.wanted} or newer is needed: ${found.because}.`,
    fix: `Install helm ${found.wanted} or newer, or name one with --helm.`,
  });
}
