import { failure, kinds } from "../../errors.ts";
import { proxyFor } from "../http/proxy-for.ts";
import { clean } from "../words.ts";
import type { ChosenContext } from "./context.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const understood = new Set(["http:", "https:", "socks5:", "socks5h:"]);

/**
 * The proxy of a context: its proxy-url, which knows neither NO_PROXY nor that loopback is reached directly, else what the environment says.
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#Cluster
 * @throws CliError VK1101 for a proxy-url that is none, as kubectl refuses it.
 */
export function clusterProxy({ name, cluster }: Pick<ChosenContext, "name" | "cluster">, env: Environment): URL | undefined {
  const said = cluster["proxy-url"] ?? "";
  if (said === "") return proxyFor(cluster.server, env);
  const proxy = URL.canParse(said) ? new URL(said) : undefined;
  if (proxy !== undefined && understood.has(proxy.protocol) && proxy.host !== "") return proxy;
  throw failure(kinds.kubeconfig, {
    what: `The proxy-url of context ${name} is no address of a proxy: ${JSON.stringify(clean(said.replace(/\/\/[^/@]*@/, "//…@")))}`,
    why: "kubectl refuses it too.",
    fix: "It has to be http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT.",
  });
}
