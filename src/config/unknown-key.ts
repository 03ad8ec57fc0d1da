import { failure, kinds } from "../errors.ts";
import type { CliError } from "../core/errors.ts";
import { allKeys, fieldNames, table } from "./keys.ts";
import { nearest } from "./nearest.ts";
import { placeText, type Place } from "./origin.ts";

interface UnknownKey {
  readonly place: Place;
  readonly path: readonly string[];
  readonly siblings: readonly string[];
  /** Whether `clusters` and `fleet` may stand here too. */
  readonly top: boolean;
}

/** VK1003 for a key that the file may not hold, with the one that was meant where it can be guessed. */
export function unknownKey({ place, path, siblings, top }: UnknownKey): CliError {
  const name = path.at(-1) ?? "";
  const candidates = top ? [...siblings, "clusters", "fleet"] : siblings;
  return failure(kinds.badConfig, {
    what: `${placeText(place)}: the key "${path.join(".")}" is not known`,
    why: meant(name, path, candidates) ?? `Keys here are ${candidates.join(", ")}.`,
    fix: "Correct the key; docs/settings.md lists them all.",
  });
}

function meant(name: string, path: readonly string[], candidates: readonly string[]): string | undefined {
  const sibling = nearest(name, candidates);
  if (sibling !== undefined) return `Did you mean "${[...path.slice(0, -1), sibling].join(".")}"?`;
  const field = fieldNames.find((each) => each === name || table[each].flag === name);
  if (field !== undefined)
    return table[field].key === undefined
      ? `--${table[field].flag} is said on the command line only.`
      : `Did you mean "${table[field].key}"?`;
  const elsewhere = nearest(path.join("."), allKeys()) ?? allKeys().find((key) => key.split(".").at(-1) === name);
  return elsewhere === undefined ? undefined : `Did you mean "${elsewhere}"?`;
}
