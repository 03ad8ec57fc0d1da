import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { FieldName } from "../../../config/fields.ts";
import { table } from "../../../config/keys.ts";
import { parseConfig } from "../../../config/parse.ts";
import type { Call } from "../command.ts";

type Raw = string | boolean | readonly string[];
type Said = Readonly<Record<string, Raw>>;

/** vault-k8s.yaml as it is before it is written. */
export interface ConfigFile {
  readonly file: string;
  /** The file as people are told of it. */
  readonly shown: string;
  /** Undefined where there is none. */
  readonly text: string | undefined;
  /** It has a part for each cluster. */
  readonly hasClusters: boolean;
  /** What it says of all clusters. */
  readonly top: Said;
  /** What it says of one cluster alone. */
  cluster(name: string): Said;
}

/** Where the file lies or will lie, absolute. */
export const fileOf = ({ flags, host }: Pick<Call, "flags" | "host">): string =>
  path.resolve(host.cwd, typeof flags.config === "string" ? flags.config : host.env["VAULT_K8S_CONFIG"] || "vault-k8s.yaml");

/** The file that is written, and what it says now. @throws CliError VK1003: what cannot be understood is not written over. */
export function configFile({ flags, host }: Call): ConfigFile {
  const file = fileOf({ flags, host });
  const text = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  const { top, clusters } = text === undefined ? { top: new Map(), clusters: new Map() } : parseConfig(text, file);
  return {
    file,
    shown: path.relative(host.cwd, file),
    text,
    hasClusters: clusters.size > 0,
    top: raw(top),
    cluster: (name) => raw(clusters.get(name) ?? new Map()),
  };
}

type Entries = ReturnType<typeof parseConfig>["top"];

const raw = (entries: Entries): Said => Object.fromEntries([...entries].map(([name, { raw: said }]) => [name, asAnswer(name, said)]));

/** The file's parser keeps every value as text; a yes or no is answered as one. */
function asAnswer(name: FieldName, said: string | readonly string[]): Raw {
  return table[name].type === "boolean" && (said === "true" || said === "false") ? said === "true" : said;
}
