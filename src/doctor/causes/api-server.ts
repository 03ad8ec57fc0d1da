import { byHand, type Cause, type Match } from "../../consumers/diagnosis/cause.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import { valueOf } from "../../core/fact.ts";
import { bareLogin, logged, usedLogin } from "../../consumers/diagnosis/look.ts";
import { hasMount, mountMend } from "./mount.ts";
import { slowMs } from "./reviewer.ts";
import { kubectlIn } from "../../systems/kubectl.ts";

type CommandLines = Parameters<Cause["match"]>[1];

/** The config names another address than the settings do. */
const otherHost = ({ config, wantedHost }: Evidence): boolean =>
  valueOf(config) !== undefined && valueOf(wantedHost) !== undefined && valueOf(config)?.host !== valueOf(wantedHost);

const hostLine = (evidence: Evidence): string =>
  `auth/${evidence.asked.mount}/config has kubernetes_host ${valueOf(evidence.config)?.host ?? "(unknown)"}${otherHost(evidence) ? `; the settings say ${valueOf(evidence.wantedHost) ?? ""}` : ""}`;
const asList = (line: string | undefined, before: string): string[] => (line === undefined ? [] : [`${before}${line}`]);

/** A handshake from here failed, and that says something about Vault: not where another address than Vault's had to be dialled with a CA that is right. */
function untrusted(evidence: Evidence): string | undefined {
  const review = valueOf(evidence.review);
  if (review?.result.kind !== "untrusted") return undefined;
  return review.dialled !== undefined && review.caIsClusters ? undefined : review.result.reason;
}

const names = /altnames|alternative names|certificate is valid for|IP SANs|not valid for any names|is not in the cert/i;
const refused =
  /connection refused|connection reset|no route to host|i\/o timeout|deadline exceeded|network is unreachable|no such host|server misbehaving|EOF/;
const notApi = /server gave HTTP response|invalid character|malformed HTTP|cannot unmarshal|the server could not find|\b404\b/;

export const apiServer: readonly Cause[] = [
  {
    code: "VD50",
    title: "The address of the API server is not one that Vault can use",
    match: (evidence, commandLines) => {
      const host = valueOf(evidence.config)?.host;
      const line = logged(evidence, /unsupported protocol scheme/);
      if (!hasMount(evidence) || host === undefined || (host.startsWith("https://") && line === undefined)) return undefined;
      return {
        sure: "certain",
        evidence: [...asList(line, "Vault's log: "), `${hostLine(evidence)}: it has to begin with https://`],
        mend: mountMend(evidence, commandLines, "auth"),
      };
    },
  },
  {
    code: "VD51",
    title: "The address of the API server is another than this cluster's",
    match: (evidence, commandLines) => {
      if (!hasMount(evidence) || !otherHost(evidence) || !(valueOf(evidence.config)?.host ?? "").startsWith("https:")) return undefined;
      const line = logged(
        evidence,
        new RegExp(`${refused.source}|${notApi.source}|x509|service account jwt not valid|invalid bearer token|unauthorized`),
      );
      const here = notThere(evidence);
      if (line === undefined && (here === undefined || bareLogin(evidence) === undefined)) return undefined;
      return {
        sure: "certain",
        evidence: [...asList(line, "Vault's log: "), hostLine(evidence), ...asList(line === undefined ? here : undefined, "from here: ")],
        mend: mountMend(evidence, commandLines, "auth"),
      };
    },
  },
  {
    code: "VD52",
    title: "Vault does not trust the API server's certificate: the CA is another",
    match: (evidence, commandLines) => certificate(evidence, commandLines, (words) => !names.test(words)),
  },
  {
    code: "VD53",
    title: "The API server's certificate is for other names",
    match: (evidence, commandLines) => {
      const match = certificate(evidence, commandLines, (words) => names.test(words));
      // The settings say this very name: only another name helps, and the kubeconfig's is one that the certificate has.
      return (
        match && {
          ...match,
          mend: byHand(
            commandLines.own("auth", "--kubernetes-host", evidence.asked.server),
            "It writes the kubeconfig's address, which the certificate has; Vault has to reach it. Keep it as auth.kubernetesHost in vault-k8s.yaml.",
          ),
        }
      );
    },
  },
  {
    code: "VD54",
    title: "Vault does not reach the API server",
    match: (evidence) => {
      const { podView } = evidence;
      const line = logged(evidence, refused);
      const blocked = podView?.kind === "unreachable" ? podView.words : undefined;
      const login = bareLogin(evidence);
      const waited = login?.result.kind === "refused" ? login.result.ms : 0;
      const slow = waited > slowMs && evidence.log.kind !== "heard";
      if (!hasMount(evidence) || otherHost(evidence) || (line === undefined && blocked === undefined && !slow)) return undefined;
      if (line === undefined && login === undefined) return undefined;
      const here =
        valueOf(evidence.review)?.result.kind === "authenticated"
          ? ["from here the same address answers: something between Vault and it blocks the way"]
          : [];
      const took =
        slow && line === undefined && blocked === undefined
          ? [`the refusal took ${(waited / 1000).toFixed(1)} s, as waiting for a connection does; --probe-pod looks from Vault's namespace`]
          : [];
      return {
        sure: line !== undefined || blocked !== undefined ? "certain" : "likely",
        evidence: [...asList(line, "Vault's log: "), ...asList(blocked, "a pod in Vault's namespace: "), ...took, ...here],
        mend: byHand(
          look(evidence),
          "It shows the network policies there. What else is between (firewall, security group) cannot be seen from here: Vault's pods have to reach the API server's port.",
        ),
      };
    },
  },
];

const look = ({ asked }: Evidence): string =>
  `${kubectlIn(asked.vaultContext ?? asked.context)} get networkpolicy -n ${asked.installNamespace} -o wide`;

function notThere({ review }: Evidence): string | undefined {
  const result = valueOf(review)?.result;
  return result === undefined || result.kind === "authenticated" ? undefined : result.reason;
}

/** A wrong CA or name shows in a handshake of our own, although Vault may go on for a while on a connection that it has open. */
function certificate(evidence: Evidence, commandLines: CommandLines, fits: (words: string) => boolean): Match | undefined {
  if (!hasMount(evidence) || otherHost(evidence)) return undefined;
  const line = logged(evidence, /x509/);
  const pod = evidence.podView?.kind === "untrusted" ? evidence.podView.words : undefined;
  const here = untrusted(evidence);
  const words = line ?? pod ?? here;
  if (words === undefined || !fits(words)) return undefined;
  const open =
    line === undefined && usedLogin(evidence).result.kind === "in"
      ? ["logins still work: Vault has a connection open from before; they end with it"]
      : [];
  return {
    sure: "certain",
    evidence: [
      ...asList(line, "Vault's log: "),
      ...asList(line === undefined ? pod : undefined, "a pod in Vault's namespace: "),
      ...asList(here, "a handshake from here with the host and CA of Vault's config: "),
      ...open,
    ],
    mend: mountMend(evidence, commandLines, "auth"),
  };
}
