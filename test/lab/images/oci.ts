import { createHash } from "node:crypto";
import { tar } from "./tar.ts";
import type { Entry } from "./tar.ts";

/** What a container image is made of, and the names under which it is found. */
export interface Image {
  readonly names: readonly string[];
  readonly entries: readonly Entry[];
  readonly config: ImageConfig;
}

interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
}

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly content: Buffer;
}

const media = (kind: string) => `application/vnd.oci.image.${kind}`;

/** The image as an OCI archive with one layer, in pieces, as `ctr images import` reads it. */
export function ociArchive({ names, entries, config }: Image): Buffer[] {
  const layer = blob(media("layer.v1.tar"), Buffer.concat(tar(entries)));
  const configuration = json(media("config.v1+json"), imageConfig(layer, config));
  const manifest = json(media("manifest.v1+json"), {
    schemaVersion: 2,
    mediaType: media("manifest.v1+json"),
    config: descriptor(configuration),
    layers: [descriptor(layer)],
  });
  const manifests = names.map((name) => ({
    ...descriptor(manifest),
    annotations: { "io.containerd.image.name": name },
  }));
  return tar([
    file("oci-layout", { imageLayoutVersion: "1.0.0" }),
    file("index.json", { schemaVersion: 2, manifests }),
    ...[layer, configuration, manifest].map(blobEntry),
  ]);
}

function imageConfig(layer: Blob, config: ImageConfig): object {
  return {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config,
    rootfs: { type: "layers", diff_ids: [layer.digest] },
  };
}

function blob(mediaType: string, content: Buffer): Blob {
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  return { mediaType, digest, size: content.length, content };
}

function json(mediaType: string, value: object): Blob {
  return blob(mediaType, Buffer.from(JSON.stringify(value)));
}

function descriptor({ mediaType, digest, size }: Blob): object {
  return { mediaType, digest, size };
}

function file(path: string, value: object): Entry {
  return { path, type: "file", content: Buffer.from(JSON.stringify(value)) };
}

function blobEntry({ digest, content }: Blob): Entry {
  return { path: `blobs/${digest.replace(":", "/")}`, type: "file", content };
}
