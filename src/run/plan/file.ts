import { readFile, stat } from "node:fs/promises";
import { replaceFile } from "../../keys/files.ts";
import type { FieldName, Settings } from "../../config/fields.ts";
import { fieldNames, table } from "../../config/keys.ts";
import type { Resolved } from "../../config/resolve.ts";
import type { Flags } from "../../config/sources.ts";
import { failure, kinds } from "../../errors.ts";
import { isSecretSet, parted } from "../../systems/chart-values.ts";
import { holdsSecret } from "../../systems/redaction.ts";
import { document } from "../../systems/document.ts";
import type { PlanDocument, Saved } from "./schema.ts";
import { version } from "../../core/version.ts";
import { runFields } from "../../config/field-groups.ts";

/** A plan that was kept for apply. */
export type SavedPlan = PlanDocument & { readonly saved: Saved };

/** Settings whose items are KEY=VALUE, of which some may be secret. */
export const pairs = ["set", "operatorSet"] as const satisfies readonly FieldName[];

/**
 * What a run starts (a kubeconfig names programs too), and where keys and tokens lie: a file that somebody else may have written never says it.
 */
export const toldAnew = [
  "helm",
  "keysCommand",
  "keysReadCommand",
  "kubeconfig",
  "vaultTokenFile",
  "vaultLogin",
  "initFile",
] as const satisfies readonly FieldName[];
const isToldAnew = (name: FieldName): boolean => (toldAnew as readonly FieldName[]).includes(name);

/** Stands for a value that is not in the file. */
const asked = "(asked by apply)";
const largest = 64 * 1024 * 1024;

/** Writes the plan with what `apply` needs to make it again, for its owner alone. @throws CliError VK1009 */
export async function writePlan(
  file: string,
  plan: Omit<PlanDocument, "apiVersion" | "kind">,
  resolved: Resolved,
  clusterUid: string,
): Promise<void> {
  const saved: Saved = {
    version,
    at: new Date().toISOString(),
    clusterUid,
    settings: settingsOf(resolved),
    toldAnew: saidOf(resolved)
      .filter(isToldAnew)
      .map((name) => table[name].flag),
    asked: askedOf(resolved.settings),
  };
  await replaceFile(file, document("Plan", { ...plan, saved })).catch((error: NodeJS.ErrnoException) => {
    throw failure(kinds.badInput, {
      what: `The plan cannot be written to ${file}`,
      why: error.code,
      fix: "Name a file that you may write with --out.",
    });
  });
}

/**
 * A plan keeps what was said, and no secret: the values of --set are asked for again, others cannot be left out.
 * @throws CliError VK1004 that names the setting.
 */
export function refuseSecrets(resolved: Resolved): void {
  const [found] = Object.entries(named(resolved, saidOf(resolved))).filter(([, value]) => [value].flat().some(holdsSecret));
  if (found === undefined) return;
  throw failure(kinds.badValue, {
    what: `--${found[0]} holds a secret, and a plan in a file holds none`,
    why: "Whoever may read the file would have it.",
    fix: "Give it without the secret (in a file or a variable that the program reads), or run bootstrap without a plan.",
  });
}

const settingsOf = (resolved: Resolved): Saved["settings"] =>
  named(
    resolved,
    saidOf(resolved).filter((name) => !isToldAnew(name) && !isFallback(resolved, name)),
  );

/** A CA of the environment serves a Vault at an address alone; apply takes the one of its own environment. */
const isFallback = ({ origins }: Resolved, name: FieldName): boolean => name === "caCert" && origins[name].kind === "env";

/** What somebody said: defaults are the same when the plan is made again. */
const saidOf = ({ settings, origins }: Resolved): FieldName[] =>
  fieldNames.filter(
    (name) => !runFields.includes(name) && !["default", "unset"].includes(origins[name].kind) && settings[name] !== undefined,
  );

const named = ({ settings }: Resolved, names: readonly FieldName[]): Saved["settings"] =>
  Object.fromEntries(names.map((name) => [table[name].flag, written(name, settings[name] as Settings[FieldName])]));

function written(name: FieldName, value: Settings[FieldName]): string | string[] {
  if (!Array.isArray(value)) return String(value);
  return (value as readonly string[]).map((item) =>
    (pairs as readonly FieldName[]).includes(name) && isSecretSet(item) ? `${parted(item).key}=${asked}` : item,
  );
}

const askedOf = (settings: Settings): Saved["asked"] =>
  pairs.flatMap((name) =>
    settings[name]
      .filter(isSecretSet)
      .map((item) => parted(item).key)
      .map((key) => ({ flag: table[name].flag, key })),
  );

/** Reads a file of `plan --out`. @throws CliError VK1009 */
export async function readPlan(file: string): Promise<SavedPlan> {
  const wrong = (why: string) =>
    failure(kinds.badInput, { what: `${file} is not a plan that can be applied`, why, fix: "Make one with vault-k8s plan --out FILE." });
  const text = await readText(file, wrong);
  const { planDocument } = await import("./schema.ts");
  const result = planDocument.safeParse(jsonOf(text, wrong));
  if (!result.success)
    throw wrong(
      `Its field ${result.error.issues[0]?.path.join(".") || "(the whole)"} is missing or not as this version of vault-k8s writes it.`,
    );
  const { saved } = result.data;
  if (saved === undefined) throw wrong("It is what plan -o json prints; the settings that make it again are only in files of --out.");
  return { ...result.data, saved };
}

async function readText(file: string, wrong: (why: string) => Error): Promise<string> {
  try {
    if ((await stat(file)).size > largest) throw wrong("It is too large.");
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : wrong(code === "ENOENT" ? "It does not exist." : code);
  }
}

function jsonOf(text: string, wrong: (why: string) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong("It is not JSON.");
  }
}

/** The settings of a plan as the command line would say them; values that were not kept are taken from `given`, by flag and key. */
export function flagsOf({ settings }: Saved, given: (flag: string, key: string) => string): Flags {
  const known = new Map(fieldNames.map((name) => [table[name].flag, name]));
  return Object.fromEntries(
    Object.entries(settings).map(([flag, value]) => {
      const name = known.get(flag);
      if (name === undefined)
        throw failure(kinds.badInput, {
          what: `The plan names a setting that there is not: --${flag}`,
          why: "Another version of vault-k8s made it.",
          fix: "Make the plan again.",
        });
      if (isToldAnew(name)) throw namesOwn(flag);
      return [name, typeof value === "string" ? value : value.map((item) => filled(item, flag, given))];
    }),
  );
}

function filled(item: string, flag: string, given: (flag: string, key: string) => string): string {
  const { key, value } = parted(item);
  return value === asked ? `${key}=${given(flag, key)}` : item;
}

const namesOwn = (flag: string) =>
  failure(kinds.badInput, {
    what: `The plan names what apply alone is told: --${flag}`,
    why: "A plan never says what is run, nor where keys and tokens lie: vault-k8s plan writes none that does, but for versions before this one.",
    fix: `Make the plan again, and say --${flag} to apply itself.`,
  });
