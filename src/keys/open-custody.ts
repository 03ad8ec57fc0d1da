import { CliError } from "../core/errors.ts";
import { failure, kinds } from "../errors.ts";
import type { Sinks } from "./choose-sinks.ts";
import { keyFiles, type KeyFiles, type Origin } from "./place.ts";
import { whyOf, type Sink } from "./sink.ts";
import type { Room } from "./spool.ts";

export interface CustodyOptions {
  /** Where the key file is or would be; what is known of the keys stands beside it. Undefined when nothing says it: then none can be kept. */
  readonly file: () => Promise<string | undefined>;
  /** For people, while the file is not looked for. */
  readonly title: string;
  /** Which Vault the keys belong to; asked when keys are read or about to be made. */
  readonly origin: () => Promise<Origin>;
  readonly sinks: (file: string) => Sinks;
  readonly acceptUnproven: boolean;
  /** How many shares unseal. */
  readonly threshold: number;
}

/** A custody whose place is found. */
export interface Custody {
  readonly files: KeyFiles;
  readonly sinks: Sinks;
  readonly options: CustodyOptions;
  /** Room for the answer of init, while Vault is asked. */
  room?: Room | undefined;
}

export async function open(options: CustodyOptions): Promise<Custody | undefined> {
  const file = await options.file();
  if (file === undefined) return undefined;
  const files = keyFiles(file);
  return { files, sinks: options.sinks(files.keys), options };
}

export function nowhere(): never {
  throw failure(kinds.keysNotWritable, {
    what: "Nothing says where the unseal keys are kept",
    fix: "Name the cluster with --cluster, or the file with --init-file.",
  });
}

export const titles = (sinks: readonly Sink[]): string[] => sinks.map(({ title }) => title);

/** Mistakes of the user keep their own words; what a place or a system does not let happen is told with the place. */
export async function refused(title: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof CliError && [kinds.badValue, kinds.badInput, kinds.interrupted].some((kind) => kind === error.kind)) throw error;
    throw failure(kinds.keysNotWritable, {
      what: `Nothing can be kept in ${title}`,
      why: whyOf(error),
      fix: "Mend that, or name another place (--init-file and the --keys flags).",
    });
  }
}
