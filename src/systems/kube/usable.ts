import type { ClusterEntry, ExecEntry, UserEntry } from "./kubeconfig-shape.ts";

/** What makes an entry unusable, and the words for it; the first that holds is told. */
type Rules<T> = readonly (readonly [holds: (entry: T) => boolean, words: string])[];

const isSet = (value: string | undefined): boolean => value !== undefined;

/**
 * The address of an API server as client-go takes it: without a scheme it is http, and a query counts for nothing. Undefined for what is none.
 * https://github.com/kubernetes/client-go/blob/master/rest/url_utils.go
 */
export function apiServer(said: string): string | undefined {
  const whole = said.includes("://") ? said : `http://${said}`;
  const isOne = /^https?:\/\/[^/?#\s]+(?:[/?#]\S*)?$/i.test(whole) && URL.canParse(whole);
  return isOne ? whole.replace(/^[a-z]+/i, (scheme) => scheme.toLowerCase()).replace(/[?#].*$/, "") : undefined;
}

const ofCluster: Rules<ClusterEntry> = [
  [({ server }) => server === "", "It has no server."],
  [({ server }) => apiServer(server) === undefined, "Its server is no address, such as https://HOST:PORT."],
  [
    (entry) => isSet(entry["certificate-authority"]) && isSet(entry["certificate-authority-data"]),
    "It has both certificate-authority and certificate-authority-data, and kubectl takes one of them.",
  ],
  [
    (entry) =>
      entry["insecure-skip-tls-verify"] === true && (isSet(entry["certificate-authority"]) || isSet(entry["certificate-authority-data"])),
    "It has both a certificate authority and insecure-skip-tls-verify, and kubectl takes one of them.",
  ],
];

const hasCertificate = (entry: UserEntry): boolean => isSet(entry["client-certificate"]) || isSet(entry["client-certificate-data"]);

const ofUser: Rules<UserEntry> = [
  [
    ({ token, username, password }) => isSet(token) && (isSet(username) || isSet(password)),
    "It has both a token and a username or password, and kubectl takes one of them.",
  ],
  [
    (entry) => isSet(entry["client-certificate"]) && isSet(entry["client-certificate-data"]),
    "It has both client-certificate and client-certificate-data, and kubectl takes one of them.",
  ],
  [
    (entry) => hasCertificate(entry) && isSet(entry["client-key"]) && isSet(entry["client-key-data"]),
    "It has both client-key and client-key-data, and kubectl takes one of them.",
  ],
  [
    (entry) => hasCertificate(entry) && !isSet(entry["client-key"]) && !isSet(entry["client-key-data"]),
    "It has a client certificate, and neither client-key nor client-key-data.",
  ],
  [(entry) => entry.exec != null && entry["auth-provider"] != null, "It has both exec and auth-provider, and kubectl takes one of them."],
];

/** The versions of an exec plugin that kubectl speaks, and how each takes a missing interactiveMode. */
const execVersions: Readonly<Record<string, { readonly interactiveMode?: string }>> = {
  "client.authentication.k8s.io/v1": {},
  "client.authentication.k8s.io/v1beta1": { interactiveMode: "IfAvailable" },
};

const modes = ["Never", "IfAvailable", "Always"];
export const modeOf = (exec: ExecEntry): string | undefined => exec.interactiveMode ?? execVersions[exec.apiVersion ?? ""]?.interactiveMode;

const ofExec: Rules<ExecEntry> = [
  [({ command }) => !isSet(command), "Its exec has no command."],
  [({ apiVersion }) => !isSet(apiVersion), "Its exec has no apiVersion, such as client.authentication.k8s.io/v1."],
  [
    ({ apiVersion = "" }) => !Object.hasOwn(execVersions, apiVersion),
    `Its exec has an apiVersion that kubectl does not speak; it speaks ${Object.keys(execVersions).join(" and ")}.`,
  ],
  [({ env }) => (env ?? []).some(({ name }) => !isSet(name)), "Its exec has a variable without a name."],
  [(exec) => modeOf(exec) === undefined, "Its exec has no interactiveMode (Never, IfAvailable or Always)."],
  [(exec) => !modes.includes(modeOf(exec) ?? ""), "Its exec has an interactiveMode that is not Never, IfAvailable or Always."],
];

const first = <T>(rules: Rules<T>, entry: T): string | undefined => rules.find(([holds]) => holds(entry))?.[1];

/** Why a cluster entry cannot be used, as kubectl judges the one that a context names; undefined where it can. */
export const clusterFlaw = (entry: ClusterEntry): string | undefined => first(ofCluster, entry);

/** The same for a user. https://github.com/kubernetes/client-go/blob/master/tools/clientcmd/validation.go */
export const userFlaw = (entry: UserEntry): string | undefined =>
  first(ofUser, entry) ?? (entry.exec ? first(ofExec, entry.exec) : undefined);
