import type { Plugin } from "rolldown";

const library = /@kubernetes\/client-node\/dist\/[^/]+\.js$/;
const ours = "\0client-node.js";
const generated = "\0client-node-generated";

/** What the clients use of it. Another name is a mistake that the build reports. */
const used = `
export { KubeConfig } from "@kubernetes/client-node/dist/config.js";
`;

const left = `
class LeftOut { constructor() { throw new Error("the generated API of client-node is not in the bundle"); } }
export { LeftOut as ServerConfiguration, LeftOut as CoreV1Api, LeftOut as AppsV1Api };
export const createConfiguration = () => new LeftOut();
`;

/**
 * client-node carries 6 MB of generated classes, one for each kind of Kubernetes, and loading them takes most of a second. We send
 * our own requests and take only credentials from it, so the bundle has these without the classes.
 */
export function smallClientNode(): Plugin {
  return {
    name: "small-client-node",
    resolveId(id, importer = "") {
      if (id === "@kubernetes/client-node") return ours;
      return id === "./gen/index.js" && library.test(importer) ? generated : undefined;
    },
    load: (id) => (id === ours ? used : id === generated ? left : undefined),
  };
}
