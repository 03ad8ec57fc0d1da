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

interface Library {
  readonly files: RegExp;
  /** What its files import, and what they get. */
  readonly instead: Readonly<Record<string, string>>;
}

/**
 * client-node carries 6 MB of generated classes, one for each kind of Kubernetes, and loading them takes most of a second. We send
 * our own requests and take only credentials from it: the agent is http's, a proxy is ours, and the kubeconfig is read by us.
 */
const clientNode: Library = {
  files: /@kubernetes\/client-node\/dist\/[^/]+\.js$/,
  instead: {
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
  },
};

/** axios is asked for its adapter of node's http alone, for texts, without redirects and proxies. Its others load what fetch and HTTP/2 need. */
const axios: Library = {
  files: /node_modules\/axios\/lib\//,
  instead: {
    "./fetch.js": "export const getFetch = () => false;",
    "./xhr.js": "export default false;",
    http2: "export default {};",
    "follow-redirects": "export default { http: {}, https: {} };",
    "form-data": `${leftOut("FormData")} export default LeftOut;`,
    "https-proxy-agent": `${leftOut("HttpsProxyAgent")} export default LeftOut;`,
    "proxy-from-env": `export const getProxyForUrl = () => { ${throws("proxy-from-env")} };`,
  },
};

const libraries: readonly Library[] = [clientNode, axios];

/** What the clients use of client-node. Another name is a mistake that the build reports. */
const ours = "\0client-node.js";
const used = `export { KubeConfig } from "@kubernetes/client-node/dist/config.js";`;

/** Leaves out of libraries what is not used of them, and cannot be seen by a bundler to be unused. */
export function smallLibraries(): Plugin {
  const texts = new Map([[ours, used]]);
  return {
    name: "small-libraries",
    resolveId(id, importer = "") {
      if (id === "@kubernetes/client-node") return ours;
      const instead = importer.startsWith("\0") ? undefined : libraries.find(({ files }) => files.test(importer))?.instead[id];
      if (instead === undefined) return undefined;
      const name = `\0instead of ${id}`;
      texts.set(name, instead);
      return name;
    },
    load: (id) => texts.get(id),
    transform: (code, id) => (id.endsWith("node_modules/axios/lib/utils.js") ? withoutForms(code) : undefined),
  };
}

/** The mention of FormData is enough for Node to load all of its fetch, and HTTP/2 with it. */
function withoutForms(code: string): string {
  const mention = "typeof G.FormData !== 'undefined' ? G.FormData : undefined";
  if (!code.includes(mention)) throw new Error("axios asks for FormData in another way than it did: look at lib/utils.js");
  return code.replace(mention, "undefined");
}
