import { isIP } from "node:net";
import { seconds } from "../core/duration.ts";

/** Says what a text must be like when it is not; nothing when it fits. */
export type Rule = (text: string) => string | undefined;

const like =
  (pattern: RegExp, words: string, longest = 253): Rule =>
  (text) =>
    pattern.test(text) && text.length <= longest ? undefined : words;

/** A cluster's name stands in a mount, a policy, a path and a folder: nothing that is special in any of them. */
export const clusterName = like(
  /^[a-z0-9](?!.*\.\.)[a-z0-9._-]*$/,
  "It must consist of lower-case letters, digits, '-', '_' and '.', begin with a letter or digit, and have at most 63 characters: it becomes part of paths in Vault.",
  63,
);

/** RFC 1123 label: namespaces. */
export const dnsLabel = like(
  /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
  "A Kubernetes name must consist of lower-case letters, digits and '-', begin and end with a letter or digit, and have at most 63 characters (RFC 1123).",
  63,
);

/** RFC 1123 subdomain: most other Kubernetes names. */
export const dnsSubdomain = like(
  /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  "A Kubernetes name must consist of lower-case letters, digits, '-' and '.', begin and end with a letter or digit, and have at most 253 characters (RFC 1123).",
);

/** What Vault takes in bound_service_account_*: a name, or a name with *. */
export const boundName = like(/^[a-z0-9*]([a-z0-9.*-]*[a-z0-9*])?$/, "It must be a Kubernetes name; * stands for any characters.");

export const helmRelease = like(
  /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
  "A Helm release must consist of lower-case letters, digits and '-', begin and end with a letter or digit, and have at most 53 characters.",
  53,
);

/** Names of roles and policies: Vault stores them in lower case, so others would never compare as equal. */
export const vaultName = like(
  /^[a-z0-9_][a-z0-9._-]*$/,
  "It must consist of lower-case letters, digits, '-', '_' and '.', as Vault stores such names.",
  128,
);

const segments = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;
const pathWords =
  "A path in Vault has segments of letters, digits, '-', '_' and '.', with single slashes between them: no slash in front, no '//', no '..', no spaces, no wildcards.";

/** A path below a mount. */
export const vaultPath = like(segments, pathWords, 512);

/** Where a login is made, and as which role: the last segment. */
export const mountAndRole: Rule = (text) =>
  text.includes("/") ? vaultPath(text) : "It has to be MOUNT/ROLE, such as k8s-hub/vault-k8s-fleet-read.";

const reserved = new Set(["sys", "auth", "cubbyhole", "identity"]);

/** Where an engine or an auth method is mounted. */
export const vaultMount: Rule = (text) => {
  const [first = ""] = text.split("/");
  if (first === "auth" && text.includes("/"))
    return `Leave out "auth/": a mount is named by what follows it, here ${text.slice("auth/".length)}.`;
  return reserved.has(first) ? `Vault keeps ${first}/ for itself.` : vaultPath(text);
};

/** How long a token lives that takes over from the root token: a bare number may be meant in hours, and is read in seconds. */
export const livesADay: Rule = (text) => {
  if (/^\d+$/.test(text)) return `Write the unit: ${text}h, ${text}m or ${text}s.`;
  return seconds(text) < 24 * 3600
    ? "It must be at least 24h: when the token ends, nobody may be left who can look after Vault."
    : undefined;
};

/** The prefix below the KV mount, empty for all of it. */
export const vaultPrefix: Rule = (text) => (text === "" ? undefined : vaultPath(text.replace(/\/$/, "")));

/** An address of Vault: http or https, no user, no query. */
export const httpUrl: Rule = (text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:\/\/[^/]/.test(text)) return "It must be an address such as https://vault.example.com:8200.";
  if (url.username !== "" || url.password !== "")
    return "An address must not hold a user name or password: other users of the machine could read it.";
  return url.search === "" && url.hash === "" ? undefined : "An address must not have a query or a fragment.";
};

/** Where a client finds Vault: an address, or a socket of this machine, as that of an agent. */
export const vaultUrl: Rule = (text) => (/^unix:\/\/\/[^\s?#]*[^\s?#/]$/.test(text) ? undefined : httpUrl(text));

/** A chart repository. */
export const repoUrl = like(/^https?:\/\/[^\s/@]+(\/[^\s?#]*)?$/, "It must be an address such as https://charts.example.com.", 2048);

export const quantity = like(
  /^[1-9]\d*(\.\d+)?(Ki|Mi|Gi|Ti|Pi|Ei|k|M|G|T|P|E)?$/,
  'It must be a size as Kubernetes writes it, for instance "10Gi".',
);
export const absolutePath = like(/^\/[\w./-]*[\w-]$/, "It must be the absolute path of a file.", 1024);
export const imageTag = like(/^\w[\w.-]*$/, "An image tag consists of letters, digits, '_', '.' and '-'.", 128);
export const hostName = like(
  /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  "It must be a host name in lower case, without scheme and port.",
);
/** What a certificate may be for: a host name, with * as its first label, or an IP address. */
export const hostOrAddress: Rule = (text) =>
  isIP(text) !== 0 || hostName(text.replace(/^\*\./, "")) === undefined
    ? undefined
    : "It must be a host name in lower case, or an IP address, without scheme and port.";
/** How --tls-issuer names an issuer of cert-manager. */
export const certificateIssuer: Rule = (text) => {
  const name = text.replace(/^[A-Za-z]+(\.[a-z0-9]([a-z0-9.-]*[a-z0-9])?)?\//, "");
  return dnsSubdomain(name) === undefined ? undefined : "It must be NAME, KIND/NAME or KIND.GROUP/NAME, such as ClusterIssuer/internal.";
};
export const assignment = like(/^[^=\s][^=]*=/, "It must be written as KEY=VALUE.", 65536);
export const plainWord = like(/^[^\s\p{Cc}]*$/u, "It must not hold spaces or control characters.", 1024);

/** NAME[=PATH][#KEY,…] */
export const secretSpec: Rule = (text) => {
  const { name, path, keys } = splitSecretSpec(text);
  const wrong = dnsSubdomain(name) ?? (path === undefined ? undefined : vaultPath(path));
  if (wrong !== undefined) return `Write it as NAME[=PATH][#KEY,…]. ${wrong}`;
  if (keys?.some((key) => !/^[^\s\p{Cc}]([^\p{Cc}]*[^\s\p{Cc}])?$/u.test(key)) === true)
    return "The keys after # must be names with commas between them.";
  const names = new Set(keys?.map(keyOfSecret));
  return names.size === (keys?.length ?? 0) ? undefined : "Two of the keys after # would become the same key of the Secret.";
};

/** The key of a Secret for a key of Vault's, as External Secrets makes one: what a Secret does not take becomes _. */
export const keyOfSecret = (key: string): string => key.replaceAll(/[^-._a-zA-Z0-9]/gu, "_");

/** The parts of NAME[=PATH][#KEY,…]. */
export function splitSecretSpec(text: string): { name: string; path: string | undefined; keys: string[] | undefined } {
  const [front = "", keys] = halves(text, "#");
  const [name = "", path] = halves(front, "=");
  return { name, path, keys: keys?.split(",") };
}

function halves(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** Without slashes at the end. */
export const noSlashAtEnd = (text: string): string => text.replace(/\/+$/, "");
/** As Vault takes the path of a namespace: slashes around it say nothing. */
export const noSlashAround = (text: string): string => noSlashAtEnd(text).replace(/^\/+/, "");
/** An address without slashes at its end, and with its scheme in small letters: for vault https is HTTPS. */
export const plainAddress = (text: string): string => noSlashAtEnd(text).replace(/^[A-Za-z]+:\/\//, (scheme) => scheme.toLowerCase());
/** With one slash at the end, unless it is empty. */
export const slashAtEnd = (text: string): string => (text === "" ? "" : `${noSlashAtEnd(text)}/`);
