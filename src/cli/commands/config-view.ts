import type { FieldName, Settings } from "../../config/fields.ts";
import { fieldNames, table } from "../../config/keys.ts";
import { originText } from "../../config/origin.ts";
import type { Resolved } from "../../config/resolve.ts";
import { exitCodes } from "../../core/errors.ts";
import { hidden } from "../../core/redact.ts";
import { looksSecret } from "../../core/secret-names.ts";
import { document } from "../../systems/document.ts";
import { oneLine } from "../../systems/printable.ts";
import { redactorOf } from "../../systems/redaction.ts";
import type { Run } from "./command.ts";
import { prepare } from "./prepare.ts";

/** One setting with its value and where that comes from. */
export interface Shown {
  readonly flag: string;
  readonly key?: string | undefined;
  readonly value: string | number | boolean | readonly string[] | null;
  /** "flag --cluster", "env VAULT_ADDR", "vault-k8s.yaml:12:3", "default", "unset". */
  readonly origin: string;
}

/** Every setting as it would count for a command with these flags. Sends nothing. */
export const run: Run = async (call) => {
  const { spec, resolved, terminal } = await prepare(call, { showsOnly: true });
  const all = shownSettings(resolved);
  const token = ["VAULT_TOKEN", "BAO_TOKEN"].find((name) => (call.host.env[name] ?? "") !== "");
  if (spec.run.output === "json")
    terminal.out(document("Config", { clusters: resolved.clusters, settings: all, vaultToken: token ?? null }));
  else terminal.out(text(all, token));
  return exitCodes.done;
};

/** The settings of a run as people may see them. */
export const shownSettings = ({ settings, origins }: Resolved): Shown[] =>
  fieldNames.map((name) => ({
    flag: `--${table[name].flag}`,
    key: table[name].key,
    value: safe(name, settings[name]),
    origin: originText(origins[name]),
  }));

function safe(name: FieldName, value: Settings[FieldName]): Shown["value"] {
  if (value === undefined) return null;
  if (table[name].secret === true) return hidden;
  if (Array.isArray(value)) return (value as readonly string[]).map(withoutSecrets);
  return typeof value === "string" ? withoutSecrets(value) : (value as number | boolean);
}

const { text: redacted } = redactorOf();

/** A --set KEY=VALUE whose key says so is hidden whole: the value may hold anything. */
export const withoutSecrets = (text: string): string =>
  redacted(
    oneLine(text).replace(/^([^=\s]+)=(.*)$/s, (pair, key: string) =>
      looksSecret(key.replace(/\[\d+\]$/, "")) ? `${key}=${hidden}` : pair,
    ),
  );

function text(all: readonly Shown[], token: string | undefined): string {
  const rows = all.map(({ flag, value, origin }) => [flag, valueText(value), origin === "unset" ? "" : origin]);
  const widths = [0, 1].map((column) => Math.min(44, Math.max(...rows.map((row) => (row[column] ?? "").length))));
  const lines = rows.map(([flag = "", value = "", origin = ""]) =>
    `${flag.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${origin}`.trimEnd(),
  );
  return `${[...lines, `(the Vault token)${" ".repeat(Math.max(0, (widths[0] ?? 0) - 17))}  ${token === undefined ? "-" : `${hidden}`}  ${token === undefined ? "" : `env ${token}`}`.trimEnd()].join("\n")}\n`;
}

function valueText(value: Shown["value"]): string {
  if (value === null) return "-";
  if (Array.isArray(value)) return value.length === 0 ? "-" : value.join(" ");
  return value === "" ? '""' : String(value);
}
