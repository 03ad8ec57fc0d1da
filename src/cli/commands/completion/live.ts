import { readFile } from "node:fs/promises";
import path from "node:path";
import { homeOrNowhere } from "../../../core/home.ts";
import type { Host } from "../command.ts";

// No library is loaded and no error is told: a person waits between two keys.

/** Names of the contexts of the kubeconfig, as kubectl would choose its files. */
export const contextNames = async (host: Host, file: string | undefined): Promise<string[]> => (await names(host, file)).contexts;

/** Names of clusters: those of vault-k8s.yaml, and what the contexts of the kubeconfig call theirs. */
export async function clusterNames(host: Host, file: string | undefined): Promise<string[]> {
  const [{ contexts }, own] = await Promise.all([names(host, file), ownClusters(host)]);
  return [...new Set([...own, ...contexts.map(shortName)])].filter((name) => /^[a-z0-9][a-z0-9._-]{0,62}$/.test(name)).sort();
}

/** As the tool matches contexts: the end of an EKS ARN and of a GKE name. */
const shortName = (context: string): string =>
  context.startsWith("arn:")
    ? (context.split("/").at(-1) ?? context)
    : context.startsWith("gke_")
      ? (context.split("_").at(-1) ?? context)
      : context;

async function names({ env, cwd }: Host, file: string | undefined): Promise<{ contexts: string[] }> {
  const listed = (env["KUBECONFIG"] ?? "").split(path.delimiter).filter((name) => name !== "");
  const files =
    file !== undefined ? [path.resolve(cwd, file)] : listed.length > 0 ? listed : [path.join(homeOrNowhere(env), ".kube", "config")];
  const { parse } = await import("yaml");
  const contexts = await Promise.all(
    files
      .map(async (name) => {
        const value: unknown = parse(await readFile(name, "utf8"), { maxAliasCount: 100 });
        const all = (value as { contexts?: unknown } | null)?.contexts;
        return Array.isArray(all)
          ? all.map((one) => (one as { name?: unknown } | null)?.name).filter((one) => typeof one === "string")
          : [];
      })
      .map((asked) => asked.catch(() => [])),
  );
  return { contexts: [...new Set(contexts.flat())].filter((name) => printableWord.test(name)).sort() };
}

/** A name with a line break or an escape would be more than one candidate. */
const printableWord = /^[^\s\p{Cc}]+$/u;

async function ownClusters({ env, cwd }: Host): Promise<string[]> {
  const { loadConfigFile } = await import("../../../config/file.ts");
  const file = await loadConfigFile(env["VAULT_K8S_CONFIG"] || undefined, cwd).catch(() => undefined);
  return [...(file?.clusters.keys() ?? [])];
}
