import path from "node:path";
import { failure, kinds } from "../errors.ts";
import type { Rule } from "./rules.ts";

/** Where the share of one holder goes. */
type HolderLocation =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "age"; readonly recipient: string }
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "kubernetes"; readonly namespace: string; readonly name: string };

export interface HolderSpec {
  readonly name: string;
  readonly location: HolderLocation;
}

const form = "Write it as NAME=file:/PATH, NAME=age:RECIPIENT, NAME=command:COMMAND or NAME=kubernetes:NAMESPACE/SECRET.";

/** Says what is wrong with a holder as it is written in keys.holders; nothing when it fits. */
export const holderRule: Rule = (text) => {
  const found = parts(text);
  return "wrong" in found ? found.wrong : undefined;
};

/** age1…, as age-keygen prints it. */
export const ageRecipient: Rule = (text) =>
  /^age1[a-z0-9]+$/.test(text)
    ? undefined
    : "A recipient of age begins with age1; age-keygen prints it, and age-keygen -y IDENTITY prints it again.";

/** NAMESPACE/NAME of a Secret. */
export const secretName: Rule = (text) => (splitSecretName(text) === undefined ? "Write it as NAMESPACE/NAME." : undefined);

/** A holder as written in keys.holders. Throws VK1004. */
export function parseHolder(text: string): HolderSpec {
  const found = parts(text);
  if ("wrong" in found)
    throw failure(kinds.badValue, { what: "A holder of keys cannot be understood", why: found.wrong, fix: "Correct --keys-holder." });
  return found;
}

function parts(text: string): HolderSpec | { readonly wrong: string } {
  const match = /^([a-z0-9][a-z0-9-]{0,40})=(file|age|command|kubernetes):(.+)$/s.exec(text);
  if (match === null) return { wrong: form };
  const [, name = "", kind = "", where = ""] = match;
  const location = locationOf(kind, where);
  return location === undefined ? { wrong: form } : { name, location };
}

function locationOf(kind: string, where: string): HolderLocation | undefined {
  if (kind === "file") return path.isAbsolute(where) ? { kind, file: where } : undefined;
  if (kind === "age") return /^age1[a-z0-9]+$/.test(where) ? { kind, recipient: where } : undefined;
  if (kind === "command") return { kind, command: where };
  const secret = splitSecretName(where);
  return secret === undefined ? undefined : { kind: "kubernetes", ...secret };
}

/** The parts of NAMESPACE/NAME; undefined when it is none. */
export function splitSecretName(text: string): { readonly namespace: string; readonly name: string } | undefined {
  const match = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)\/([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)$/.exec(text);
  return match === null ? undefined : { namespace: match[1] ?? "", name: match[3] ?? "" };
}
