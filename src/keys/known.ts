import { isDeepStrictEqual } from "node:util";
import { tokenDocument, tokenText } from "./documents.ts";
import { refuseOthers } from "./gather.ts";
import { type Custody, refused, underLock } from "./open-custody.ts";
import { contradiction, readOrigin, writeOrigin, type Origin } from "./origin.ts";
import { refuseOther } from "./sink.ts";
import { refuseUnproven } from "./unproven.ts";

/** Keeps the token that takes over from the root token, in every place that has the keys, read back. Throws VK1009 where they are of another Vault. */
export async function keepToken(custody: Custody, token: string): Promise<void> {
  const { files, sinks, options } = custody;
  refuseUnproven({ ...sinks, holders: [] }, options);
  await refuseOthers(custody);
  await underLock(custody, async () => {
    for (const sink of sinks.main) {
      await refused(sink.title, async () => {
        await sink.replace(tokenDocument, tokenText(token));
        await refuseOther(sink, tokenDocument, tokenText(token));
      });
    }
    await refused(files.origin, async () => {
      if ((await readOrigin(files)) === undefined) await writeOrigin(files, await options.origin());
    });
  });
}

/** cluster_id of the Vault that the keys belong to; undefined where they are of another one than this run is about. */
export const vaultClusterId = async (custody: Custody): Promise<string | undefined> => (await fitting(custody))?.vaultClusterId;

/** The engines that the Vault of the keys had when it was initialised; undefined as above, and where they were not noted. */
export const freshEngines = async (custody: Custody): Promise<Origin["freshEngines"]> => (await fitting(custody))?.freshEngines;

async function fitting({ files, options }: Custody): Promise<Origin | undefined> {
  const origin = await readOrigin(files);
  return origin === undefined || contradiction(origin, await options.origin()) !== undefined ? undefined : origin;
}

/** A sealed pod tells no cluster id, so it is kept: a pod of another Vault is known by it once it is unsealed. */
export async function learn(custody: Custody, fact: Pick<Origin, "vaultClusterId" | "freshEngines">): Promise<void> {
  const { files, options } = custody;
  const [origin, now] = [await readOrigin(files), await options.origin()];
  if (origin !== undefined && contradiction(origin, now) !== undefined) return;
  const learned: Origin = { ...now, ...origin, ...fact };
  if (isDeepStrictEqual(learned, origin)) return;
  await underLock(custody, () => refused(files.origin, () => writeOrigin(files, learned)));
}
