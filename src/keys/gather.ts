import { CliError } from "../core/errors.ts";
import { failure, kinds } from "../errors.ts";
import type { Keys } from "../systems/world.ts";
import type { Custody } from "./open-custody.ts";
import { initDocument, parseKeys, parseShare, parseToken, shareDocument, tokenDocument, withShares, type Share } from "./documents.ts";
import { contradiction, readOrigin } from "./origin.ts";
import { namesOf } from "./own-names.ts";
import { SinkFailure, whyOf, type Sink } from "./sink.ts";
import { wholeAnswer } from "./spool.ts";

/**
 * The keys from wherever they are: what an interrupted run left, the sinks in their order, then what each holder's sink gives.
 * Undefined when nobody has them. Throws VK1504 when they may be somewhere that cannot be read, VK1009 when they are broken or another cluster's.
 */
export async function gatherKeys(custody: Custody): Promise<Keys | undefined> {
  const keys = (await keysFromSpool(custody)) ?? (await keysFromSinks(custody));
  if (keys === undefined) return undefined;
  await refuseOthers(custody);
  return hasShares(keys) || custody.sinks.holders.length === 0 ? keys : withShares(keys, await sharesOf(custody));
}

const hasShares = ({ unseal_keys_b64: unseal, recovery_keys_b64: recovery }: Keys): boolean => unseal.length + recovery.length > 0;

async function keysFromSpool({ files, sinks }: Custody): Promise<Keys | undefined> {
  const text = await wholeAnswer(files);
  return text === undefined ? undefined : parseKeys(await sinks.sealing.open(text, files.spool), files.spool);
}

async function keysFromSinks({ files, sinks }: Custody): Promise<Keys | undefined> {
  const failed: { readonly sink: Sink; readonly error: unknown }[] = [];
  const { keptAs } = (await readOrigin(files)) ?? {};
  for (const sink of [...sinks.main, ...sinks.others])
    for (const document of namesOf(sink, initDocument, keptAs)) {
      const text = await sink.read(document).catch((error: unknown) => void failed.push({ sink, error }));
      if (text !== undefined) return parseKeys(text, sink.title);
    }
  const [first] = failed;
  if (first === undefined) return undefined;
  if (first.error instanceof CliError) throw first.error;
  throw failure(kinds.noKeys, {
    what: `The keys cannot be read from ${first.sink.title}`,
    why: whyOf(first.error),
    fix: "Mend that, or name another place where they are.",
  });
}

async function sharesOf({ files, sinks }: Custody): Promise<Share[]> {
  const { keptAs } = (await readOrigin(files)) ?? {};
  const found = await Promise.all(
    sinks.holders.map(async ({ name, sink }) => {
      for (const document of namesOf(sink, shareDocument(name), keptAs)) {
        const text = await sink.read(document).catch(onlyHere);
        if (text !== undefined) return [parseShare(text, sink.title)];
      }
      return [];
    }),
  );
  return found.flat();
}

/** The token that took over from the root token; undefined when no sink that can be read has one. Throws VK1009. */
export async function gatherToken(custody: Custody): Promise<string | undefined> {
  for (const sink of [...custody.sinks.main, ...custody.sinks.others]) {
    const text = await sink.read(tokenDocument).catch(onlyHere);
    if (text === undefined) continue;
    await refuseOthers(custody);
    return parseToken(text, sink.title);
  }
  return undefined;
}

/** What one sink cannot give, another may. */
export function onlyHere(error: unknown): undefined {
  if (error instanceof SinkFailure || (error instanceof CliError && error.kind === kinds.noKeys)) return undefined;
  throw error;
}

/**
 * Keys and tokens go to no other Vault than theirs: a cluster that was made again under its old name has another UID, and a second Vault of
 * the same cluster another namespace or release.
 * @throws CliError VK1009
 */
export async function refuseOthers({ files, options }: Custody): Promise<void> {
  const written = await readOrigin(files);
  if (written === undefined) return;
  const why = contradiction(written, await options.origin());
  if (why === undefined) return;
  throw failure(kinds.badInput, {
    what: `The keys of ${files.keys} belong to another Vault`,
    why,
    fix: "Name the key file of this one with --init-file, or say which Vault is meant with --context, --install-namespace and --release. If the Vault of these keys is gone for ever, move them away, with all files beside them that begin with their name.",
  });
}
