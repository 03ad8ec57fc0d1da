import type { Field } from "../config/field.ts";
import { audit } from "../config/fields/audit.ts";
import { custody } from "../config/fields/custody.ts";
import { install } from "../config/fields/install.ts";
import { operator } from "../config/fields/operator.ts";
import { place } from "../config/fields/place.ts";
import { reviewer } from "../config/fields/reviewer.ts";
import { root } from "../config/fields/root.ts";
import { run } from "../config/fields/run.ts";
import { store } from "../config/fields/store.ts";
import { tls } from "../config/fields/tls.ts";
import { wiring } from "../config/fields/wiring.ts";
import type { FieldName } from "../config/fields.ts";

/** Headings of the help, each with the settings below it; a setting stands where it is first. */
const sections: readonly (readonly [string, Readonly<Record<string, Field>>])[] = [
  ["Which cluster, which Vault:", place],
  ["Installing Vault:", { ...install, ...tls }],
  ["Unseal keys:", custody],
  ["Root token and audit log:", { ...root, ...audit }],
  ["The operator:", operator],
  ["The reviewer:", reviewer],
  ["In Vault:", wiring],
  ["Store and secrets:", store],
  ["How it runs:", run],
];

/** Under which heading a setting stands where a command takes many. */
export function sectionOf(name: FieldName): string {
  const found = sections.find(([, fields]) => name in fields);
  if (found === undefined) throw new Error(`${name} stands under no heading of the help`);
  return found[0];
}
