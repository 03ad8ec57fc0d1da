import { suites, type Suite } from "./suites.ts";

/** What runs without a lab. */
export interface Stage {
  readonly name: string;
  /** Of package.json: its exit code is the one test. */
  readonly script?: string;
  /** Of vitest.config.ts. */
  readonly projects: readonly string[];
  /** Debian packages that its tests run. */
  readonly packages?: readonly string[];
}

const stages: readonly Stage[] = [
  { name: "check", script: "check", projects: [] },
  { name: "quick", projects: ["unit", "contract", "cli"], packages: ["zsh", "fish"] },
];

/** All suites of the lab. */
const lab = "lab";

/** What runs, in this order: the stages, then the suites. */
export interface Chosen {
  readonly stages: readonly Stage[];
  readonly suites: readonly Suite[];
}

/** The stages and suites of these names; all where none is named. @throws where there is none of that name */
export function chosen(names: readonly string[]): Chosen {
  const known = [...stages, ...suites].map(({ name }) => name);
  const unknown = names.find((name) => name !== lab && !known.includes(name));
  if (unknown !== undefined) throw new Error(`There is no stage or suite "${unknown}": ${[...known, lab].join(", ")}`);
  const wanted = ({ name }: { readonly name: string }): boolean => names.length === 0 || names.includes(name);
  return { stages: stages.filter(wanted), suites: names.includes(lab) ? suites : suites.filter(wanted) };
}
