import type { Plugin } from "rolldown";

/** What stands in the place of code that is never reached. */
const throws = (what: string): string => `throw new Error("${what} is not in the bundle");`;
const leftOut = (...names: readonly string[]): string =>
  [`class LeftOut { constructor() { ${throws(names.join(", "))} } }`, ...names.map((name) => `export { LeftOut as ${name} };`)].join("\n");

/** A provider of credentials that few have, loaded when a kubeconfig names it. */
const whenNamed = (provider: string, className: string, file: string): string => `
export class ${className} {
  isAuthProvider(user) { return user?.authProvider?.name === "${provider}"; }
  async applyAuthentication(user, options) {
    this.loaded ??= import("@kubernetes/client-node/dist/${file}").then((module) => new module.${className}());
    return (await this.loaded).applyAuthentication(user, options);
  }
}
`;

/**
 * client-node carries 6 MB of generated classes, one for each kind of Kubernetes, and loading them takes most of a second. We send
 * our own requests and take only credentials from it: the agent is http's, a proxy is ours, and the kubeconfig is read by us.
 */
const library = /@kubernetes\/client-node\/dist\/[^/]+\.js$/;

/** What its files import, and what they get. */
const instead: Readonly<Record<string, string>> = {
  "./gen/index.js": `
      ${leftOut("ServerConfiguration", "CoreV1Api", "AppsV1Api")}
      export const createConfiguration = () => new LeftOut();
    `,
  "./azure_auth.js": whenNamed("azure", "AzureAuth", "azure_auth.js"),
  "./gcp_auth.js": whenNamed("gcp", "GoogleCloudPlatformAuth", "gcp_auth.js"),
  "./oidc_auth.js": whenNamed("oidc", "OpenIDConnectAuth", "oidc_auth.js"),
  "js-yaml": `export const load = () => { ${throws("js-yaml")} };`,
  undici: leftOut("Agent", "ProxyAgent"),
  hpagent: leftOut("HttpProxyAgent", "HttpsProxyAgent"),
  socks: leftOut("SocksClient"),
  "socks-proxy-agent": leftOut("SocksProxyAgent"),
};

/** What the clients use of client-node. Another name is a mistake that the build reports. */
const ours = "\0client-node.js";
const used = `export { KubeConfig } from "@kubernetes/client-node/dist/config.js";`;

/** Leaves out of client-node what is not used of it, and cannot be seen by a bundler to be unused. */
export function smallClientNode(): Plugin {
  const texts = new Map([[ours, used], ...Object.entries(instead).map(([id, text]) => [placeOf(id), text] as const)]);
  return {
    name: "small-client-node",
    resolveId(id, importer = "") {
      if (id === "@kubernetes/client-node") return ours;
      return library.test(importer) && id in instead ? placeOf(id) : undefined;
    },
    load: (id) => texts.get(id),
  };
}

const placeOf = (id: string): string => `\0instead of ${id}`;
