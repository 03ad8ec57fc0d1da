import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { isRecord, type Plain } from "../../core/compare.ts";
import { at, list, text } from "../../core/values.ts";
import { failure, kinds } from "../../errors.ts";
import { helmAt } from "../kubectl.ts";
import { boundedJson } from "../http/bounded-json.ts";
import type { HelmRelease, KubeObject, KubeReader } from "../world.ts";

/** More than a Secret can hold, however well it was packed. */
const mostBytes = 64 * 1024 * 1024;
const unzipped = promisify(gunzip);

/** A release as helm keeps it, and the objects that it made. */
export interface HelmRecord {
  readonly release: HelmRelease;
  /** Without hooks and without the definitions of a chart's folder crds. */
  readonly manifest: string;
  /** What helm runs besides, as YAML documents. */
  readonly hooks: string;
}

/**
 * The newest revision of a release, in whatever state, from the Secret in which helm keeps it: no helm has to run.
 * https://helm.sh/docs/topics/advanced/#storage-backends. Undefined where there is none.
 * @throws CliError VK1304 where the Secret does not hold what helm writes.
 */
export async function helmRecord(kube: KubeReader, namespace: string, name: string): Promise<HelmRecord | undefined> {
  // Those that another revision took over from are many, and each holds a whole manifest.
  const labelSelector = `owner=helm,name=${name},status!=superseded`;
  const found = await kube.list({ apiVersion: "v1", kind: "Secret", namespace, labelSelector });
  // Others share the list that was asked once.
  const [newest] = found.toSorted((one, other) => revisionOf(other) - revisionOf(one));
  return newest === undefined ? undefined : recordIn(newest, { kube, namespace, name });
}

/** Where a release is. */
interface Place {
  readonly kube: Pick<KubeReader, "context">;
  readonly namespace: string;
  readonly name: string;
}

const revisionOf = ({ metadata }: KubeObject): number => Number(metadata.labels?.["version"] ?? 0);

async function recordIn(secret: KubeObject, place: Place): Promise<HelmRecord> {
  const { namespace, name } = place;
  const stored = await decoded(text(at(secret["data"], "release")) ?? "", place);
  const chart = at(stored, "chart", "metadata");
  const updated = Date.parse(text(at(stored, "info", "last_deployed")) ?? "");
  return {
    manifest: text(at(stored, "manifest")) ?? "",
    hooks: list(at(stored, "hooks"))
      .map((hook) => `---\n${text(at(hook, "manifest")) ?? ""}`)
      .join("\n"),
    release: {
      name,
      namespace,
      revision: revisionOf(secret),
      status: text(at(stored, "info", "status")) ?? "unknown",
      chart: `${text(at(chart, "name")) ?? ""}-${text(at(chart, "version")) ?? ""}`,
      appVersion: text(at(chart, "appVersion")) ?? "",
      values: (at(stored, "config") ?? {}) as HelmRelease["values"],
      labels: secret.metadata.labels ?? {},
      updated: Number.isNaN(updated) ? undefined : new Date(updated),
    },
  };
}

/** A Secret's base64 around helm's own, around JSON that is packed with gzip but by the oldest of helm 3. */
async function decoded(data: string, { kube, namespace, name }: Place): Promise<Plain> {
  try {
    const bytes = Buffer.from(Buffer.from(data, "base64").toString("latin1"), "base64");
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const stored = boundedJson((isPacked ? await unzipped(bytes, { maxOutputLength: mostBytes }) : bytes).toString());
    if (isRecord(stored)) return stored as Plain;
  } catch {
    // Not packed as helm packs it.
  }
  throw failure(kinds.helmFailed, {
    what: `Release ${namespace}/${name} cannot be read`,
    why: "The Secret of its newest revision does not hold what helm writes.",
    fix: `Look at it: ${helmAt(kube.context, `history ${name} -n ${namespace}`)}`,
  });
}
