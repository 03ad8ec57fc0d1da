import type { Plain } from "../../core/compare.ts";
import { isRecord } from "../../core/compare.ts";
import { canonicalJson } from "../../core/exact-json.ts";
import { at, number } from "../../core/values.ts";
import { CliError } from "../../core/errors.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { Change, Diff } from "../../core/resource.ts";
import { same } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import { failure, kinds } from "../../errors.ts";
import type { Readers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { onPath } from "../../systems/need.ts";

export interface KvSecret {
  readonly mount: string;
  /** Below the mount. */
  readonly path: string;
  readonly values: { readonly [key: string]: Plain };
  /** The version that must be current; left out, it is the one that `diff` found. */
  readonly cas?: number | undefined;
}

/** A secret in KV version 2, written whole. What is shown are the keys, and fingerprints of the values. */
export function kvSecret({ mount, path, values, cas }: KvSecret): AppResource {
  const data = `${mount}/data/${path}`;
  return {
    id: `vault ${data}`,
    async diff(read) {
      const { version, current } = await currentVersion(read, mount, path);
      if (cas !== undefined && cas !== version) throw wrongVersion(data, cas, version);
      return compare(values, current, version);
    },
    needs: () => [onPath(data, "create", "read", "update"), onPath(`${mount}/metadata/${path}`, "read")],
    async apply(write) {
      const { version } = cas === undefined ? await currentVersion(write, mount, path) : { version: cas };
      await write.vault.post(data, { data: values, options: { cas: version } }).catch((error: unknown) => raced(error, data));
    },
    command: async (read) => {
      const version = cas ?? (await currentVersion(read, mount, path)).version;
      return {
        lines: `# The values, as one JSON object, on standard input of this script.\nvault kv put -mount=${word(mount)} -cas=${version} ${word(path)} -`,
        needs: ["vault"],
      };
    },
  };
}

const shown = (value: Plain | undefined): string | undefined =>
  value === undefined ? undefined : fingerprint(typeof value === "string" ? value : JSON.stringify(value));

async function currentVersion(read: Readers, mount: string, path: string): Promise<{ version: number; current: Plain | undefined }> {
  const answer = await read.vault.get(`${mount}/data/${path}`);
  if (answer !== undefined) return { version: number(at(answer.data, "metadata", "version")) ?? 0, current: answer.data["data"] as Plain };
  return { version: await deletedVersion(read, `${mount}/metadata/${path}`), current: undefined };
}

// A deleted version still counts for check-and-set. Who may not read the metadata most likely has a new secret.
async function deletedVersion(read: Readers, path: string): Promise<number> {
  try {
    return number((await read.vault.get(path))?.data["current_version"]) ?? 0;
  } catch (error) {
    if (error instanceof CliError && error.kind === kinds.vaultDenied) return 0;
    throw error;
  }
}

function compare(values: { readonly [key: string]: Plain }, current: Plain | undefined, version: number): Diff {
  const found = isRecord(current) ? current : {};
  const changed = Object.keys(values).filter(
    (key) => !Object.hasOwn(found, key) || canonicalJson(values[key] ?? null) !== canonicalJson(found[key] ?? null),
  );
  const gone = Object.keys(found).filter((key) => !Object.hasOwn(values, key));
  const changes: Change[] = [
    ...changed.map((key) => ({ field: key, before: Object.hasOwn(found, key) ? shown(found[key]) : undefined, after: shown(values[key]) })),
    ...gone.map((key) => ({ field: key, before: shown(found[key]) })),
  ];
  if (current === undefined) return { kind: "create", changes };
  return changes.length === 0 ? same(`version ${version}`) : { kind: "update", changes };
}

const wrongVersion = (data: string, wanted: number, version: number) =>
  failure(kinds.casMismatch, {
    what: version === 0 ? `There is no ${data}, so it has no version ${wanted}` : `${data} has version ${version}, not ${wanted}`,
    why: "--cas says which version may be replaced, so nothing was written.",
    fix: wanted === 0 ? "Leave --cas out to replace it." : `Look at it, and pass --cas ${version} if yours shall replace it.`,
  });

function raced(error: unknown, data: string): never {
  if (!(error instanceof CliError) || !/check-and-set/.test(`${error.message} ${error.why ?? ""}`)) throw error;
  throw failure(kinds.casMismatch, {
    what: `${data} was changed by someone else meanwhile`,
    why: "The version that was read is no longer the current one, so nothing was written.",
    fix: "Look at the new version, and run the command again if yours shall replace it.",
  });
}
