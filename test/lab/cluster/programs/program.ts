import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LAB } from "../inside.ts";
import { pki } from "../node/certificates.ts";

/** A process of the node: what to run, and the files that it reads. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** File name below the cluster's folder, and its text or an object that is written as JSON. */
  readonly files?: Readonly<Record<string, string | object>>;
}

/** The API server's address for everything on the node. */
export const API = "https://127.0.0.1:6443";

/** The path, as the programs see it, of a file below the cluster's folder. */
export function inLab(file: string): string {
  return join(LAB, file);
}

/** Writes the files that a program reads. */
export function writeFiles({ files = {} }: Program): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(inLab(file)), { recursive: true });
    writeFileSync(inLab(file), typeof content === "string" ? content : JSON.stringify(content, null, 2));
  }
}

/** Flags as Kubernetes' programs take them. */
export function flags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

/** A kubeconfig for a program on the node, by the certificate of that name. */
export function kubeconfig(certificate: string): object {
  const cluster = { server: API, "certificate-authority": pki("ca.crt") };
  const user = {
    "client-certificate": pki(`${certificate}.crt`),
    "client-key": pki(`${certificate}.key`),
  };
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lab", cluster }],
    users: [{ name: certificate, user }],
    contexts: [{ name: "lab", context: { cluster: "lab", user: certificate } }],
    "current-context": "lab",
  };
}
