import { existsSync } from "node:fs";
import type { Followed } from "../../found/tally.ts";
import { withSettings } from "../config-file/add.ts";
import { configFile } from "../config-file/existing.ts";
import { sorted } from "../config-file/kept.ts";
import { asMeant, writeConfig } from "../config-file/write.ts";
import type { Call } from "../command.ts";
import type { ForCluster } from "../prepare.ts";

/** What becomes of settings that were found. */
export interface Keeping {
  /** The file as people are told of it. */
  readonly shown: string;
  /** The whole file with them. */
  readonly text: string;
  write(): Promise<void>;
}

/** The configuration file with what was found, and what else the command line says. Undefined where what was found is said already, or is the default. */
export async function keepingOf(call: Call, { cluster }: ForCluster, found: Followed): Promise<Keeping | undefined> {
  const config = configFile(call);
  const flags = { ...call.flags, ...found.settings };
  const { kept } = await sorted({ flags, host: call.host }, config.file, existsSync(config.file));
  if (!kept.some(({ name }) => found.settings[name] !== undefined)) return undefined;
  const text = withSettings(config.text, cluster, kept, "adopt");
  return {
    shown: config.shown,
    text,
    write: async () => {
      writeConfig(config, text);
      await asMeant(config, call.host);
    },
  };
}
