import { isRecord } from "../../core/compare.ts";
import { at, texts } from "../../core/values.ts";

/** A rule that allows something. */
export interface PolicyRule {
  /** As it stands in the policy. */
  readonly path: string;
  readonly capabilities: readonly string[];
}

/** The paths that a policy allows something on. Undefined for a text that is not understood. */
export const pathsIn = (policy: string): string[] | undefined => rulesIn(policy)?.map(({ path }) => path);

/**
 * The rules of a policy that allow something. Undefined for a text that is not understood.
 * https://developer.hashicorp.com/vault/docs/concepts/policies
 */
export function rulesIn(policy: string): PolicyRule[] | undefined {
  const json = asJson(policy);
  if (json !== undefined) return inJson(json);
  const text = policy.replaceAll(/^\s*(#|\/\/).*$/gm, "").replaceAll(/\/\*[^]*?\*\//g, "");
  const rules = [...text.matchAll(/\bpath\s*"([^"]+)"\s*=?\s*\{([^}]*)/g)];
  // A rule that is written in another way counts as any path would.
  if (rules.length !== (text.match(/\bpath\b/g) ?? []).length) return undefined;
  return rules.filter(([, , body = ""]) => !denies(body)).map(([, path = "", body = ""]) => ({ path, capabilities: wordsIn(body) }));
}

/** What is in quotes after either word by which a rule says what it allows. */
const wordsIn = (body: string): string[] =>
  [...body.matchAll(/\b(?:capabilities|policy)\s*=\s*(\[[^\]]*\]|"[^"]*")/g)].flatMap(([, said = ""]) =>
    [...said.matchAll(/"([^"]+)"/g)].map(([, word = ""]) => word),
  );

const denies = (body: string): boolean => /"deny"/.test(body);

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function inJson(policy: unknown): PolicyRule[] | undefined {
  if (!isRecord(policy) || !isRecord(policy["path"])) return undefined;
  return Object.entries(policy["path"])
    .filter(([, rule]) => !denies(JSON.stringify(rule)))
    .map(([path, rule]) => ({ path, capabilities: [...texts(at(rule, "capabilities")), ...texts([at(rule, "policy")])] }));
}

/**
 * Whether a path of a policy names something below a prefix of a KV version 2 engine, by whatever operation. One that does not even name the
 * engine, such as "*", is of people who may do everything, and tells nothing of this prefix.
 */
export function reaches(path: string, mount: string, prefix: string): boolean {
  const glob = path.endsWith("*");
  const parts = (glob ? path.slice(0, -1) : path).split("/");
  const engine = mount.split("/");
  const wanted = [...engine, undefined, ...prefix.replace(/\/$/, "").split("/")];
  if (glob && parts.length <= engine.length) return false;
  const fits = (part: string, index: number): boolean => {
    const other = wanted[index];
    if (other === undefined || part === "+" || part.includes("{{")) return true;
    return glob && index === parts.length - 1 ? other.startsWith(part) : other === part;
  };
  return parts.every(fits) && (glob || parts.length >= wanted.length);
}
