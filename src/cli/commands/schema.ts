import { configSchema } from "../../config/schema.ts";
import { exitCodes } from "../../core/errors.ts";
import type { Run } from "./command.ts";

/** Prints the JSON schema of vault-k8s.yaml. Reads nothing. */
export const run: Run = async ({ host }) => {
  host.streams.stdout.write(`${JSON.stringify(configSchema(), undefined, 2)}\n`);
  return exitCodes.done;
};
