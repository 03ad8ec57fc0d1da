import { z } from "zod";
import { failure, kinds } from "../errors.ts";
import type { Keys } from "../systems/world.ts";

/** The documents that custody keeps; holders have one each, share-NAME.json. */
export const initDocument = "init.json";
export const tokenDocument = "token.json";
/** No secret: which root generation of ours is under way, and which root tokens may be left of such. */
export const rootRecordDocument = "root-generation.json";
export const probeDocument = "probe.json";
export const shareDocument = (holder: string): string => `share-${holder}.json`;

const words = z.array(z.string());
const list = words.nullish().transform((given) => given ?? []);
const count = z
  .number()
  .nullish()
  .transform((given) => given ?? 0);

const keysShape = z.object({
  unseal_keys_b64: words,
  unseal_keys_hex: words,
  unseal_shares: z.number(),
  unseal_threshold: z.number(),
  recovery_keys_b64: list,
  recovery_keys_hex: list,
  recovery_keys_shares: count,
  recovery_keys_threshold: count,
  root_token: z.string(),
});
const tokenShape = z.object({ token: z.string().min(1) });
const shareShape = z.object({ index: z.number().int().min(0), key: z.string(), key_hex: z.string() });

/** One holder's share, as it stands in the document that only this holder gets. */
export type Share = z.output<typeof shareShape>;

/** @param where For people, named in the error. Throws VK1009, which never holds what the text holds. */
export const parseKeys = (text: string, where: string): Keys => parseAs(keysShape, text, where);
export const parseToken = (text: string, where: string): string => parseAs(tokenShape, text, where).token;
export const parseShare = (text: string, where: string): Share => parseAs(shareShape, text, where);

/** The keys as `vault operator init -format=json` prints them. */
export const keysText = (keys: Keys): string => json(keys);
export const tokenText = (token: string): string => json({ token });
export const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** What goes to each of the holders, in their order: one share, how many there are, and how many are needed. */
export function shareText(keys: Keys, holder: string, index: number): string {
  const recovery = keys.recovery_keys_b64.length > 0;
  const [b64, hex] = recovery ? [keys.recovery_keys_b64, keys.recovery_keys_hex] : [keys.unseal_keys_b64, keys.unseal_keys_hex];
  const [shares, threshold] = recovery
    ? [keys.recovery_keys_shares, keys.recovery_keys_threshold]
    : [keys.unseal_shares, keys.unseal_threshold];
  return json({
    holder,
    index,
    key: b64[index] ?? "",
    key_hex: hex[index] ?? "",
    kind: recovery ? "recovery" : "unseal",
    shares,
    threshold,
  });
}

/** The keys without the shares, where each holder gets one. */
export const withoutShares = (keys: Keys): Keys => ({
  ...keys,
  unseal_keys_b64: [],
  unseal_keys_hex: [],
  recovery_keys_b64: [],
  recovery_keys_hex: [],
});

/** The keys with the shares that could be gathered from their holders. */
export function withShares(keys: Keys, shares: readonly Share[]): Keys {
  const found = [...shares].sort((one, other) => one.index - other.index);
  const [b64, hex] = [found.map(({ key }) => key), found.map(({ key_hex: inHex }) => inHex)];
  return keys.recovery_keys_shares > 0
    ? { ...keys, recovery_keys_b64: b64, recovery_keys_hex: hex }
    : { ...keys, unseal_keys_b64: b64, unseal_keys_hex: hex };
}

/** Text as JSON in a given shape. @param where A file or another place, for the error. Throws VK1009 naming the place, never what is in it. */
export function parseAs<T extends z.ZodType>(shape: T, text: string, where: string): z.output<T> {
  const wrong = (why: string) =>
    failure(kinds.badInput, {
      what: `${where} is not what it should be`,
      why,
      fix: "Bring back what was written there, or name another place (--init-file).",
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw wrong("It is not JSON.");
  }
  const result = shape.safeParse(parsed);
  if (result.success) return result.data;
  throw wrong(`Its field ${result.error.issues[0]?.path.join(".") || "(the whole)"} is missing or of another kind.`);
}
