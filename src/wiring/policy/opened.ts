import { rulesIn, type PolicyRule } from "./paths.ts";

/** A folder of a KV version 2 engine, or all of it. */
export interface KvPlace {
  readonly mount: string;
  /** With a slash at its end; empty for the whole engine. */
  readonly prefix: string;
}

/** What a policy lets its holder do with the secrets of KV version 2 engines. */
export interface Opened {
  /** Folders that it lets read, none of which is in another. */
  readonly places: readonly KvPlace[];
  /** Folders of secrets that it opens one by one: a policy for such a folder would open more. */
  readonly around: readonly KvPlace[];
  /** What it allows besides, as "PATH (create, update)". */
  readonly beyond: readonly string[];
}

/**
 * Reads what a policy opens. Undefined for a text that is not understood.
 * @param engines mounts of KV version 2; undefined where they are not known: then a path tells its engine by the word data
 */
export function openedBy(policy: string, engines: readonly string[] | undefined): Opened | undefined {
  const rules = rulesIn(policy);
  if (rules === undefined) return undefined;
  const read = rules.map((rule) => ({ ...meaning(rule, engines), rule }));
  const places = outermost(read.flatMap(({ place }) => place ?? []));
  return {
    places,
    around: outermost(read.flatMap(({ around }) => around ?? [])).filter((one) => !places.some((place) => isWithin(one, place))),
    beyond: read.flatMap(({ rule, place, harmless }) => beyondOf(rule, place !== undefined || harmless === true)),
  };
}

interface Meaning {
  readonly place?: KvPlace | undefined;
  readonly around?: KvPlace | undefined;
  /** Nobody reads a secret by it. */
  readonly harmless?: boolean;
}

function meaning({ path, capabilities }: PolicyRule, engines: readonly string[] | undefined): Meaning {
  const [mount, rest] = engineOf(path, engines);
  // The default policy has these too.
  if (mount === undefined) return { harmless: /^auth\/token\/(lookup|renew|revoke)-self$/.test(path) };
  if (rest === "*") return { place: { mount, prefix: "" } };
  const [, kind, below] = /^(data|\+|metadata)\/(.*)$/.exec(rest) ?? [];
  if (below === undefined) return {};
  if (kind === "metadata") return { harmless: true };
  if (!capabilities.some((one) => one === "read" || one === "write" || one === "sudo")) return { harmless: capabilities.length > 0 };
  const folder = /^((?:[^*+{}]+\/)?)\*$/.exec(below)?.[1];
  if (folder !== undefined) return { place: { mount, prefix: folder } };
  return /[*+{}]/.test(below) ? {} : { around: { mount, prefix: below.slice(0, below.lastIndexOf("/") + 1) } };
}

/** The engine of a path, and what follows it. */
function engineOf(path: string, engines: readonly string[] | undefined): [string | undefined, string] {
  if (engines === undefined) {
    const at = path.search(/\/(data|metadata)\//);
    return at === -1 ? [undefined, path] : [path.slice(0, at), path.slice(at + 1)];
  }
  const mount = engines.filter((engine) => path.startsWith(`${engine}/`)).sort((one, other) => other.length - one.length)[0];
  return mount === undefined ? [undefined, path] : [mount, path.slice(mount.length + 1)];
}

const plain = new Set(["read", "list"]);

function beyondOf({ path, capabilities }: PolicyRule, known: boolean): string[] {
  const more = capabilities.filter((one) => !plain.has(one));
  if (known && more.length === 0) return [];
  const what = known ? more : capabilities;
  return [what.length === 0 ? path : `${path} (${what.join(", ")})`];
}

const isWithin = (one: KvPlace, other: KvPlace): boolean => one.mount === other.mount && one.prefix.startsWith(other.prefix);

const outermost = (places: readonly KvPlace[]): KvPlace[] =>
  places.filter((place, at) => !places.some((other, index) => isWithin(place, other) && (!isWithin(other, place) || index < at)));
