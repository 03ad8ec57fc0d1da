import type { Answer } from "../wire/exchange.ts";
import { asObject, at, isObject, type JsonObject } from "../wire/json.ts";
import { absent, bad, done, errors, logical } from "./answers.ts";
import { mountOf } from "./kv-mount.ts";
import type { VaultRequest } from "./request.ts";
import type { SecretMount, Version } from "./storage.ts";

const upgrading =
  "Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period and will resume service shortly.";

/** What a KV mount answers; undefined when no mount serves the path. */
export function kv(request: VaultRequest): Answer | undefined {
  const found = mountOf(request.storage, request.path);
  if (found?.mount.type !== "kv") return undefined;
  if (found.mount.options?.["version"] !== "2") return versionOne(request, found.mount, found.rest);
  if (found.mount.upgrading > 0) {
    found.mount.upgrading -= 1;
    return bad(upgrading);
  }
  const [, area = "", path = ""] = /^([^/]+)\/?(.*)$/.exec(found.rest) ?? [];
  return areas[area]?.(request, found.mount, path) ?? errors(405, "unsupported operation");
}

type Area = (request: VaultRequest, mount: SecretMount, path: string) => Answer | undefined;

const areas: Readonly<Record<string, Area>> = {
  config: ({ method }) => (method === "GET" ? logical({ cas_required: false, delete_version_after: "0s", max_versions: 0 }) : done),
  data: ({ method, body, query }, { secrets }, path) => {
    if (method === "GET") return readData(secrets.get(path), Number(query.get("version") ?? 0));
    if (method === "POST") return writeData(secrets, path, body);
    if (method === "DELETE") deleteNewest(secrets, path);
    return done;
  },
  metadata: ({ method }, { secrets }, path) => {
    if (method === "LIST") return list([...secrets.keys()], path);
    if (method === "GET") return readMetadata(secrets.get(path));
    if (method === "DELETE") secrets.delete(path);
    return done;
  },
};

const metadataOf = ({ data, created }: Version, version: number): JsonObject => ({
  version,
  created_time: created,
  deletion_time: data === null ? created : "",
  destroyed: false,
  custom_metadata: null,
});

/** The newest version is marked as deleted, and keeps its number. */
function deleteNewest(secrets: Map<string, Version[]>, path: string): void {
  const versions = secrets.get(path) ?? [];
  const newest = versions.at(-1);
  if (newest !== undefined) secrets.set(path, [...versions.slice(0, -1), { ...newest, data: null }]);
}

function readData(versions: readonly Version[] | undefined, asked: number): Answer {
  const number = asked === 0 ? (versions?.length ?? 0) : asked;
  const version = versions?.[number - 1];
  if (version === undefined) return absent;
  const answer = logical({ data: version.data, metadata: metadataOf(version, number) });
  return version.data === null ? { ...answer, status: 404 } : answer;
}

function writeData(secrets: Map<string, Version[]>, path: string, body: JsonObject): Answer {
  if (!isObject(body["data"])) return bad("no data provided");
  const versions = secrets.get(path) ?? [];
  const cas = at(body, "options", "cas");
  // A deleted version still counts.
  if (cas !== undefined && Number(cas) !== versions.length) return bad("check-and-set parameter did not match the current version");
  const version = { data: asObject(body["data"]), created: new Date().toISOString() };
  secrets.set(path, [...versions, version]);
  return logical(metadataOf(version, versions.length + 1));
}

function readMetadata(versions: readonly Version[] | undefined): Answer {
  if (versions === undefined) return absent;
  const all = Object.fromEntries(versions.map((version, index) => [String(index + 1), metadataOf(version, index + 1)]));
  return logical({
    current_version: versions.length,
    oldest_version: 0,
    max_versions: 0,
    cas_required: false,
    versions: all,
    custom_metadata: null,
  });
}

function list(paths: readonly string[], below: string): Answer {
  const folder = below === "" ? "" : `${below.replace(/\/$/, "")}/`;
  const rests = paths.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
  const keys = [...new Set(rests.map((rest) => rest.replace(/\/.*$/, "/")))].sort();
  return keys.length === 0 ? absent : logical({ keys });
}

function versionOne({ method, body }: VaultRequest, { secrets }: SecretMount, path: string): Answer {
  if (method === "LIST") return list([...secrets.keys()], path);
  const [found] = secrets.get(path) ?? [];
  if (method === "GET") return found === undefined ? absent : logical(found.data);
  if (method === "DELETE") secrets.delete(path);
  else secrets.set(path, [{ data: body, created: "" }]);
  return done;
}
