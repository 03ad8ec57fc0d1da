import { readFile } from "node:fs/promises";
import { beforeAll, describe, it } from "vitest";
import { parse } from "yaml";
import { groups } from "../../contract/probes/index.ts";
import { probe, type Have, type Target } from "../../contract/same-as-real.ts";
import { bearer, send, vaultToken } from "../../contract/send.ts";
import { theLab } from "../testing/product.ts";
import { caFile, rootToken, vaultAddress } from "../testing/vault.ts";

const lab = theLab();
let target: Target;

interface Kubeconfig {
  readonly clusters: readonly {
    readonly name: string;
    readonly cluster: { readonly server: string; readonly "certificate-authority-data": string };
  }[];
  readonly users: readonly {
    readonly name: string;
    readonly user: { readonly token?: string; readonly "client-certificate-data"?: string; readonly "client-key-data"?: string };
  }[];
  readonly contexts: readonly { readonly name: string; readonly context: { readonly cluster: string; readonly user: string } }[];
}

const decoded = (base64: string | undefined): string | undefined =>
  base64 === undefined ? undefined : Buffer.from(base64, "base64").toString();

/** The API server of a context as the kubeconfig's person: with a token where a probe gives one, else as the kubeconfig says. */
async function apiServer(context: string): Promise<Target["kube"]> {
  const config = parse(await readFile(lab.kubeconfig, "utf8")) as Kubeconfig;
  const chosen = config.contexts.find(({ name }) => name === context)!.context;
  const { cluster } = config.clusters.find(({ name }) => name === chosen.cluster)!;
  const { user } = config.users.find(({ name }) => name === chosen.user)!;
  const ca = decoded(cluster["certificate-authority-data"]);
  const own = { ca, cert: decoded(user["client-certificate-data"]), key: decoded(user["client-key-data"]) };
  return (asked) =>
    send(`${cluster.server}${asked.path}`, asked, bearer(asked.token ?? user.token ?? ""), asked.token === undefined ? own : { ca });
}

describe("the small servers of the contract tests are like the real ones", () => {
  beforeAll(async () => {
    const [address, root, kube] = await Promise.all([vaultAddress(lab, "eks-prod"), rootToken(lab, "eks-prod"), apiServer("eks-prod")]);
    const ca = await readFile(await caFile(lab, "eks-prod"), "utf8");
    target = { kube, vault: (asked) => send(`${address}/v1/${asked.path}`, asked, vaultToken(asked.token ?? root), { ca }) };
  });

  describe.each(Object.entries(groups))("%s", (_title, probes) => {
    const have: Have = {};
    it.each(probes)("$name", async (one) => probe(target, one, have));
  });
});
