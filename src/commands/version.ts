import { exitCodes } from "../core/errors.ts";
import { document } from "../ui/json.ts";
import { version } from "../version.ts";
import type { Run } from "./command.ts";

/** Prints the version. Reads no configuration, so that it works where the file is wrong. */
export const run: Run = async ({ flags, host }) => {
  const node = process.versions.node;
  host.streams.stdout.write(flags.output === "json" ? document("Version", { version, node }) : `vault-k8s ${version} (Node.js ${node})\n`);
  return exitCodes.done;
};
