/** Tests that run together. */
export interface Stage {
  readonly name: string;
  /** Of package.json: its exit code is the one test. */
  readonly script?: string;
  /** Of vitest.config.ts. */
  readonly projects: readonly string[];
  /** The labs that it needs; the tests run on the network of the first one. */
  readonly labs: readonly string[];
  /** How its labs begin: empty, or with eks-prod wired by `bootstrap --secret demo` of this checkout. */
  readonly from?: "wired";
  /** Debian packages that its tests run, beside those of the lab. */
  readonly packages?: readonly string[];
}

const inLabs = (name: string, labs: readonly string[] = [name]): Stage => ({ name, projects: [name], labs });
const fromWired = (name: string): Stage => ({ ...inLabs(name), from: "wired" });

// Those that need labs run side by side, the longest first.
const stages: readonly Stage[] = [
  { name: "check", script: "check", projects: [], labs: [] },
  { name: "quick", projects: ["unit", "contract", "cli"], labs: [], packages: ["zsh", "fish"] },
  inLabs("lab", ["first", "second"]),
  inLabs("faults"),
  inLabs("tls"),
  inLabs("doctor"),
  inLabs("around"),
  inLabs("custody"),
  inLabs("plan"),
  inLabs("first-run"),
  fromWired("by-hand"),
  fromWired("export"),
  fromWired("nodes"),
];

/** The stages of these names, in the order in which they run; all where none is named. @throws where there is no such stage */
export function chosen(names: readonly string[]): readonly Stage[] {
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined) throw new Error(`There is no stage "${unknown}": ${stages.map(({ name }) => name).join(", ")}`);
  return names.length === 0 ? stages : stages.filter(({ name }) => names.includes(name));
}
