import { gunzipSync, gzipSync } from "node:zlib";
import { asObject, asText, at, type JsonObject } from "../wire/json.ts";
import { labelsOf, nameOf } from "../kube/objects.ts";
import type { ClusterClient } from "./cluster-client.ts";

/** One revision of a release, as it lies in its Secret. */
export interface StoredRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status: string;
  readonly chart: string;
  readonly appVersion: string;
  readonly updated: string;
  readonly values: JsonObject;
  readonly manifest: string;
  readonly labels: JsonObject;
}

const folder = (namespace: string): string => `/api/v1/namespaces/${namespace}/secrets`;
const secretName = (name: string, revision: number): string => `sh.helm.release.v1.${name}.v${revision}`;

/** The newest revision of each release of a namespace. */
export async function releasesIn(client: ClusterClient, namespace: string): Promise<StoredRelease[]> {
  const list = await client.send("GET", `${folder(namespace)}?labelSelector=${encodeURIComponent("owner=helm")}`);
  const all = ((list?.["items"] ?? []) as JsonObject[]).map((secret) => read(secret, namespace));
  return all.filter((release) => !all.some((other) => other.name === release.name && other.revision > release.revision));
}

function read(secret: JsonObject, namespace: string): StoredRelease {
  const { name, version, status, owner: _owner, ...labels } = labelsOf(secret);
  const packed = Buffer.from(Buffer.from(asText(at(secret, "data", "release")), "base64").toString(), "base64");
  const held = asObject(JSON.parse(gunzipSync(packed).toString()) as JsonObject);
  const chart = asObject(at(held, "chart", "metadata"));
  if (nameOf(secret) === "") throw new Error("a Secret without name");
  return {
    name: asText(name),
    namespace,
    revision: Number(version),
    status: asText(status),
    chart: `${asText(chart["name"])}-${asText(chart["version"])}`,
    appVersion: asText(chart["appVersion"]),
    updated: asText(at(held, "info", "last_deployed")),
    values: asObject(held["config"]),
    manifest: asText(held["manifest"]),
    labels,
  };
}

/** Writes a new revision. */
export async function begin(client: ClusterClient, release: StoredRelease): Promise<void> {
  await client.send("POST", folder(release.namespace), secretOf(release));
}

/** Writes what became of a revision. */
export async function settleRelease(client: ClusterClient, release: StoredRelease): Promise<void> {
  await client.send("PUT", `${folder(release.namespace)}/${secretName(release.name, release.revision)}`, secretOf(release));
}

/** Deletes the records of all its revisions. */
export async function forget(client: ClusterClient, { namespace, name }: StoredRelease): Promise<void> {
  const selector = encodeURIComponent(`owner=helm,name=${name}`);
  const list = await client.send("GET", `${folder(namespace)}?labelSelector=${selector}`);
  for (const secret of (list?.["items"] ?? []) as JsonObject[]) await client.send("DELETE", `${folder(namespace)}/${nameOf(secret)}`);
}

/** Packed as helm packs it: https://helm.sh/docs/topics/advanced/#storage-backends */
function secretOf({ name, namespace, revision, status, labels, chart, appVersion, updated, values, manifest }: StoredRelease): JsonObject {
  const [, chartName = "", version = ""] = /^(.*)-([^-]+)$/.exec(chart) ?? [];
  const metadata = { name: chartName, version, appVersion };
  const held = {
    name,
    namespace,
    version: revision,
    info: { status, last_deployed: updated },
    chart: { metadata },
    config: values,
    manifest,
  };
  const packed = gzipSync(JSON.stringify(held)).toString("base64");
  const release = Buffer.from(packed).toString("base64");
  const own = { ...labels, name, owner: "helm", status, version: String(revision) };
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "helm.sh/release.v1",
    metadata: { name: secretName(name, revision), namespace, labels: own },
    data: { release },
  };
}
