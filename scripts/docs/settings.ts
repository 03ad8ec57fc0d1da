import type { Field } from "../../src/config/field.ts";
import { fieldNames, table } from "../../src/config/keys.ts";
import type { FieldName } from "../../src/config/fields.ts";
import { defaultText } from "../../src/cli/options.ts";
import { code, generated, tableOf } from "./markdown.ts";

/** A row of a table of settings: flag, default, file key, variables, meaning. */
export function settingRow(name: FieldName): string[] {
  const field: Field = table[name];
  const { key, env = [] } = field;
  return [
    flagOf(field),
    field.type === "boolean" ? code(String(field.default ?? false)) : code(defaultText(field) ?? "").replace("``", ""),
    key === undefined ? "" : code(key),
    env.map(code).join(", "),
    `${field.help}.${choices(field)}${field.off === undefined ? "" : ` ${code(`--no-${field.flag}`)}: ${lower(field.off)}.`}`,
  ];
}

export const settingHeads = ["flag", "default", "file", "environment", "meaning"];

function flagOf({ flag, short, value, type, default: preset, key }: Field): string {
  const long =
    type === "boolean" && key !== undefined && preset === true ? `--no-${flag}` : `--${flag}${value === undefined ? "" : ` ${value}`}`;
  return `${short === undefined ? "" : `${code(`-${short}`)}, `}${code(long)}`;
}

const lower = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

const choices = ({ type }: Field): string => (typeof type === "object" ? ` One of ${type.oneOf.map(code).join(", ")}.` : "");

const intro = `# Settings

Each setting is said once, and this order decides where it comes from:

1. the flag;
2. the environment, where a variable is named below;
3. \`clusters.<name>.*\` in the configuration file, for the cluster that is meant;
4. the top level of the file;
5. the default.

The file is \`vault-k8s.yaml\` in the working folder, or what \`-f\` names (what a file that was only found may say by itself: [security](security.md#a-file-that-was-found)):

\`\`\`yaml
vault:
  context: eks-prod
secrets:
  - db                          # ExternalSecret db, path db below the prefix, all keys
  - web=team/web#user,password  # NAME=PATH#KEY,…
  - name: api                   # the same as a map
    path: team/api
clusters:
  eks-prod: {}
  eks-staging:
    namespace: shop
    kv:
      prefix: staging/
\`\`\`

- Keys may be said for all clusters at the top, and for one below \`clusters.<name>\`. A key that is not in the table is an error, with its line.
- Relative paths in the file start from the file's folder; those of flags and variables from the working folder.
- A duration is written as \`90s\`, \`1h30m\`, \`2d\`, or as a number of seconds.
- \`<cluster>\` in a default stands for the cluster's name, \`<other-flag>\` for the value of that setting.
- \`vault-k8s config save\` writes the flags of a command line into the file: what differs from it and from the defaults, and nothing that looks like a secret.
- Every command takes every setting, so that one set of flags serves \`bootstrap\`, \`plan\`, \`verify\`, \`doctor\` and \`status\`; what means nothing to a command is left alone.
  Only \`apply\` refuses what stands in its plan. An option of one command, such as \`--confirm\` of \`teardown\`, is refused elsewhere.
- Flags that may be repeated replace the list of the file; they do not add to it.
- \`VAULT_ADDR\` alone never decides for \`bootstrap\`: see [Which Vault](concepts.md#which-vault).
`;

/** docs/settings.md */
export function settingsPage(): string {
  const inFile = fieldNames.filter((name) => table[name].key !== undefined);
  const ofOneRun = fieldNames.filter((name) => table[name].key === undefined);
  return `${generated}\n\n${intro}\n## In the file or on the command line\n\n${tableOf(settingHeads, inFile.map(settingRow))}\n\n## On the command line only\n\n${tableOf(settingHeads, ofOneRun.map(settingRow))}\n`;
}
