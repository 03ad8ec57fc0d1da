import type { Field } from "../field.ts";

/** How a run behaves. */
export const run = {
  config: {
    flag: "config",
    short: "f",
    value: "FILE",
    env: ["VAULT_K8S_CONFIG"],
    type: "path",
    help: "Configuration file (default: vault-k8s.yaml in the working folder, if it is there)",
  },
  output: {
    flag: "output",
    short: "o",
    value: "FORMAT",
    type: { oneOf: ["text", "wide", "json", "jsonl"] as const },
    default: "text",
    help: "What stands on standard output; wide: status says more, all else as text; jsonl: commands of a fleet, a line as each cluster ends",
  },
  dryRun: { flag: "dry-run", type: "boolean", help: "Show what would be done, change nothing" },
  printCommands: { flag: "print-commands", type: "boolean", help: "Also print the vault, kubectl and helm commands that do the same" },
  preflight: {
    flag: "preflight",
    key: "preflight",
    type: "boolean",
    default: true,
    help: "Before the first write, look whether everything that the run needs is there",
    off: "Write without looking first whether everything that the run needs is there",
  },
  yes: { flag: "yes", short: "y", type: "boolean", help: "Do not ask before writing" },
  noInput: { flag: "no-input", type: "boolean", help: "Never ask anything" },
  timeout: { flag: "timeout", value: "DURATION", type: "duration", default: "5m", help: "How long to wait for anything to become ready" },
  color: {
    flag: "color",
    value: "WHEN",
    type: { oneOf: ["auto", "always", "never"] as const },
    default: "auto",
    help: "Colour on a terminal",
  },
  quiet: { flag: "quiet", short: "q", type: "boolean", help: "Only what failed and what was asked for" },
  verbose: { flag: "verbose", short: "v", type: "boolean", help: "Also each field that differs, and each request" },
} as const satisfies Readonly<Record<string, Field>>;
