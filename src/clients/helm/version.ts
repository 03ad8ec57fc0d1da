import { failure, kinds } from "../../errors.ts";
import { clean } from "../words.ts";
import type { HelmOutput } from "./run.ts";

export interface HelmVersion {
  /** As helm says it, e.g. "v4.1.0". */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** The oldest helm that labels releases on install and upgrade, and tells the labels. */
const oldest = { major: 3, minor: 14 };

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
  if (version.major > oldest.major || (version.major === oldest.major && version.minor >= oldest.minor)) return version;
  throw failure(kinds.helmTooOld, {
    what: `helm ${clean(stdout)} is too old`,
    why: "Releases are labelled with --labels, which 3.14 knows in full.",
    fix: "Install helm 3.14 or newer, or name one with --helm.",
  });
}
