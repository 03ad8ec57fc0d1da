import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, request } from "undici";
import type { Pod } from "./pod.ts";

/** As many unseal keys of a cluster's Vault as open it; none where the lab's custody has none. */
export function keysOf(labFolder: string, cluster: string): readonly string[] {
  try {
    const text = readFileSync(join(labFolder, "data/vault-k8s", cluster, "init.json"), "utf8");
    const { unseal_keys_b64: keys, unseal_threshold: enough } = JSON.parse(text) as { unseal_keys_b64: string[]; unseal_threshold: number };
    return keys.slice(0, enough);
  } catch {
    return [];
  }
}

interface Seal {
  readonly sealed: boolean;
}

/** Opens one pod; false while it does not answer, or does not take the keys. */
export async function opened(pod: Pod, keys: readonly string[]): Promise<boolean> {
  let seal = await ask<Seal>(pod, "seal-status");
  for (const key of keys) if (seal?.sealed === true) seal = await ask<Seal>(pod, "unseal", { key });
  return seal?.sealed === false;
}

/** Whether a pod is the active one of its Vault, and its label says so: that is how Services find it. */
export async function leads(pod: Pod): Promise<boolean> {
  const { is_self: leader = false } = (await ask<{ is_self?: boolean }>(pod, "leader")) ?? {};
  return leader && pod.metadata.labels?.["vault-active"] === "true";
}

/** The pod's own certificate is for names, and asked by its address; nobody else can answer there. */
const dispatcher = new Agent({ connect: { rejectUnauthorized: false }, headersTimeout: 5_000 });

/** A question to sys/ of one pod, by https or http; undefined where it does not answer. */
async function ask<T>({ status }: Pod, path: string, body?: object): Promise<T | undefined> {
  for (const scheme of ["https", "http"]) {
    const options = body === undefined ? { dispatcher } : { dispatcher, method: "PUT" as const, body: JSON.stringify(body) };
    const answer = await request(`${scheme}://${status?.podIP}:8200/v1/sys/${path}`, options).catch(() => undefined);
    const text = await answer?.body.text();
    if (answer?.statusCode === 200 && text !== undefined) return JSON.parse(text) as T;
  }
  return undefined;
}
