import { failure, kinds } from "../errors.ts";

/** One ExternalSecret as the user names it: NAME[=PATH][#KEY,…]. */
export interface SecretSpec {
  readonly name: string;
  /** Below the KV prefix. */
  readonly path: string;
  /** Empty for all keys. */
  readonly keys: readonly string[];
}

const shape = /^([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)(?:=([^#]+))?(?:#(.+))?$/;

/**
 * Reads NAME[=PATH][#KEY,…].
 * @throws CliError VK1004 when it has another form.
 */
export function parseSecretSpec(text: string): SecretSpec {
  const [, name, path, keys] = shape.exec(text) ?? [];
  if (name === undefined || (path ?? name).split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw failure(kinds.badValue, {
      what: `"${text}" does not name a secret`,
      why: "It is NAME, NAME=PATH, or either with #KEY,KEY. NAME is a Kubernetes name; PATH has no empty parts.",
      fix: "--secret db, --secret db=team/db, --secret db=team/db#username,password",
    });
  }
  return { name, path: path ?? name, keys: keys === undefined ? [] : keys.split(",") };
}
