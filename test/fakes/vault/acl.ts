/** Policies: the part of HCL that they are written in, and which rule wins for a path. */

export interface Rule {
  readonly path: string;
  readonly capabilities: readonly string[];
}

const known = new Set(["create", "read", "update", "delete", "list", "patch", "sudo", "deny", "subscribe", "recover"]);

/** @throws Error with Vault's words for a text that is not a policy. */
export function parsePolicy(text: string): Rule[] {
  const plain = text.replaceAll(/^\s*(#|\/\/).*$/gm, "").replaceAll(/\/\*[\s\S]*?\*\//g, "");
  const rules: Rule[] = [];
  const rest = plain.replaceAll(/path\s+"([^"]*)"\s*\{([^}]*)\}/g, (_all, path: string, body: string) => {
    rules.push({ path: checkedPath(path), capabilities: capabilitiesIn(path, body) });
    return "";
  });
  if (rest.trim() !== "") throw new Error(`failed to parse policy: unexpected token in ${JSON.stringify(rest.trim().slice(0, 20))}`);
  return rules;
}

function checkedPath(path: string): string {
  if (path.includes("+*")) throw new Error(`failed to parse policy: path "${path}": invalid use of wildcards ('+*' is forbidden)`);
  return path.replace(/^\//, "");
}

function capabilitiesIn(path: string, body: string): string[] {
  const list = /^\s*capabilities\s*=\s*\[([^\]]*)\]/m.exec(body)?.[1] ?? "";
  const found = [...list.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? "");
  const unknown = found.find((item) => !known.has(item));
  if (unknown !== undefined) throw new Error(`failed to parse policy: path "${path}": invalid capability "${unknown}"`);
  return found;
}

/** What the rules allow on a path, sorted; `["deny"]` for nothing. The most specific pattern counts; equal patterns are united. */
export function capabilitiesOn(path: string, rules: readonly Rule[]): string[] {
  const best = patternFor(path, rules);
  const united = new Set(rules.filter((rule) => rule.path === best).flatMap((rule) => rule.capabilities));
  return united.size === 0 || united.has("deny") ? ["deny"] : [...united].sort();
}

/** The pattern that counts for a path; undefined where none fits. */
export const patternFor = (path: string, rules: readonly Rule[]): string | undefined =>
  rules
    .map((rule) => rule.path)
    .filter((pattern) => fits(pattern, path))
    .sort(moreSpecific)[0];

function fits(pattern: string, path: string): boolean {
  const escaped = pattern
    .replace(/\*$/, "")
    .split("/")
    .map((part) => (part === "+" ? "[^/]+" : part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")))
    .join("/");
  return new RegExp(`^${escaped}${pattern.endsWith("*") ? "" : "$"}`).test(path);
}

/** Later first wildcard, no trailing glob, fewer `+`, longer. */
const moreSpecific = (one: string, other: string): number =>
  firstWildcard(other) - firstWildcard(one) || glob(one) - glob(other) || plusses(one) - plusses(other) || other.length - one.length;

const glob = (pattern: string): number => (pattern.endsWith("*") ? 1 : 0);
const plusses = (pattern: string): number => pattern.split("/").filter((part) => part === "+").length;

function firstWildcard(pattern: string): number {
  const index = pattern.search(/(?<=^|\/)\+(?=\/|$)|\*$/);
  return index === -1 ? Number.MAX_SAFE_INTEGER : index;
}
