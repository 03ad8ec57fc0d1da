import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { LabState } from "../api.ts";
import { newAuthority, newKey, openssl, pair, serverExtensions } from "./openssl.ts";
import { inLab, kubectl, kubectlJson, typed } from "./product.ts";

export interface PairOfFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

interface SecretObject {
  readonly data: Readonly<Record<string, string>>;
}

/** The first certificate of a Secret in namespace vault. */
export async function certificatesIn(
  lab: LabState,
  context: string,
  name: string,
): Promise<{ readonly certificate: X509Certificate; readonly fingerprint: string; readonly files: PairOfFiles }> {
  const { data } = await kubectlJson<SecretObject>(lab, context, ["get", "secret", name, "-n", "vault"]);
  const text = (key: string): string => Buffer.from(data[key] ?? "", "base64").toString();
  const certificate = new X509Certificate(text("tls.crt"));
  return {
    certificate,
    fingerprint: certificate.fingerprint256,
    files: { cert: text("tls.crt"), key: text("tls.key"), ca: text("ca.crt") },
  };
}

/** PEM of whom a cluster's store trusts. */
export async function storeCa(lab: LabState, context: string): Promise<string> {
  const path = "jsonpath={.spec.provider.vault.caBundle}";
  return Buffer.from(await kubectl(lab, context, ["get", "clustersecretstore", "vault", "-o", path]), "base64").toString();
}

const pods = ["vault-0", "vault-1", "vault-2"];

/** The fingerprint of what each pod serves, as openssl sees it through a port-forward. */
export async function served(lab: LabState, context: string): Promise<Record<string, string>> {
  const line = (pod: string): string => `
    kubectl --context ${context} -n vault port-forward pod/${pod} :8200 > $work/${pod} 2>&1 & forward=$!
    until grep -q ^Forwarding $work/${pod}; do sleep 0.1; done
    port=$(sed -n 's/^Forwarding from 127.0.0.1:\\([0-9]*\\) .*/\\1/p' $work/${pod})
    echo "${pod} $(openssl s_client -connect 127.0.0.1:$port < /dev/null 2> /dev/null | openssl x509 -noout -fingerprint -sha256 | sed 's/.*=//')"
    kill $forward`;
  const { stdout, stderr } = await typed(lab, `work=$(mktemp -d)\n${pods.map(line).join("\n")}\nrm -r $work`);
  const found = stdout.split("\n").map((each) => each.split(" ") as [string, string]);
  expect(found.length, stderr).toBe(pods.length);
  return Object.fromEntries(found);
}

/** How many pods say that they are unsealed. */
export async function unsealed(lab: LabState, context: string): Promise<number> {
  const labels = "app.kubernetes.io/name=vault,component=server,vault-sealed=false";
  return (await kubectlJson<{ items: unknown[] }>(lab, context, ["get", "pods", "-n", "vault", "-l", labels])).items.length;
}

/** What is done in a folder that is taken away again. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "certificates-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A certificate for `names` (as openssl writes them) of the authority in Secret vault-tls-ca, valid for `seconds` from now. */
export const signed = (lab: LabState, context: string, { names, seconds }: { names: string; seconds: number }): Promise<PairOfFiles> =>
  inFolder(async (folder) => {
    const { files } = await certificatesIn(lab, context, "vault-tls-ca");
    await Promise.all([writeFile(join(folder, "ca.crt"), files.cert), writeFile(join(folder, "ca.key"), files.key, { mode: 0o600 })]);
    return { ...(await issued(folder, names.replaceAll("IP Address:", "IP:"), seconds)), ca: files.cert };
  });

/** A new authority with openssl that is valid for `days`. */
export const authority = (days: number): Promise<PairOfFiles> =>
  inFolder(async (folder) => {
    await newAuthority(folder, days, "company CA");
    const made = await pair(folder, "ca");
    return { ...made, ca: made.cert };
  });

/** A new authority with openssl, and a certificate of it for `names`. */
export const ofAnother = (names: string): Promise<PairOfFiles> =>
  inFolder(async (folder) => {
    await newAuthority(folder, 10, "company CA");
    return { ...(await issued(folder, names, 5 * 86_400)), ca: (await pair(folder, "ca")).cert };
  });

async function issued(folder: string, names: string, seconds: number): Promise<Omit<PairOfFiles, "ca">> {
  await writeFile(join(folder, "ext"), serverExtensions(names));
  await openssl(folder, ["req", "-new", ...newKey, "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=vault"]);
  const time = (at: number): string => `${new Date(at).toISOString().replace(/\D/g, "").slice(0, 14)}Z`;
  const [from, until] = [time(Date.now() - 60_000), time(Date.now() + seconds * 1000)];
  // Only `openssl ca` takes an end in seconds in every version.
  await Promise.all([
    writeFile(join(folder, "index"), ""),
    writeFile(join(folder, "serial"), `${Date.now().toString(16).padStart(16, "0")}\n`),
    writeFile(
      join(folder, "ca.conf"),
      "[ca]\ndefault_ca=a\n[a]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\ncertificate=ca.crt\nprivate_key=ca.key\n[p]\ncommonName=supplied\n",
    ),
  ]);
  await openssl(folder, [
    "ca",
    "-batch",
    "-notext",
    "-config",
    "ca.conf",
    "-in",
    "tls.csr",
    "-out",
    "tls.crt",
    "-extfile",
    "ext",
    "-startdate",
    from,
    "-enddate",
    until,
  ]);
  return pair(folder, "tls");
}

/** Writes them into a Secret, as its owner would; a new one with these labels. */
export async function keep(
  lab: LabState,
  context: string,
  name: string,
  { cert, key, ca }: PairOfFiles,
  labels: Readonly<Record<string, string>> = {},
): Promise<void> {
  const data = { "tls.crt": cert, "tls.key": key, "ca.crt": ca };
  const base64 = Object.fromEntries(Object.entries(data).map(([file, text]) => [file, Buffer.from(text).toString("base64")]));
  const there = await kubectl(lab, context, ["get", "secret", name, "-n", "vault", "--ignore-not-found", "-o", "json"]);
  const known =
    there.trim() === ""
      ? { apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls", metadata: { name, namespace: "vault", labels } }
      : JSON.parse(there);
  const input = JSON.stringify({ ...(known as object), data: base64 });
  await kubectl(lab, context, [there.trim() === "" ? "create" : "replace", "-f", "-"], { input });
}

/** Has the pods load what the Secret holds, as a person would, until all of them serve it. */
export async function load(lab: LabState, context: string, fingerprint: string): Promise<void> {
  for (const pod of pods)
    await kubectl(lab, context, ["annotate", "--overwrite", "pod", pod, "-n", "vault", `test=${fingerprint.slice(0, 20)}`]);
  await expect
    .poll(
      async () => {
        for (const pod of pods)
          await inLab(lab, ["kubectl", "--context", context, "-n", "vault", "exec", pod, "--", "killall", "-HUP", "vault"]);
        return [...new Set(Object.values(await served(lab, context)))];
      },
      { timeout: 90_000, interval: 1_000 },
    )
    .toEqual([fingerprint]);
}
