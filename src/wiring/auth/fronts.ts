/** Something that stands before an API server, and lets in whom it knows itself. */
interface Front {
  readonly name: string;
  /** What it takes, and what not. */
  readonly takes: string;
  /** What to pass instead. */
  readonly instead: string;
}

const itsOwn = "--kubernetes-host names the API server's own address (and --kubernetes-ca-cert its CA), where Vault reaches that";
const byKeys =
  "where no such address is to be had, Vault's jwt auth method takes the cluster's tokens by its public keys, without asking the API server (https://developer.hashicorp.com/vault/docs/auth/jwt/oidc-providers/kubernetes)";

/** Known by its address. */
const fronts: readonly (readonly [RegExp, Front])[] = [
  [
    /\/k8s\/clusters\/[^/]+\/?$/,
    {
      name: "Rancher's proxy",
      takes: "it takes Rancher's own tokens, and service account tokens only where a ClusterProxyConfig allows them",
      instead: `${itsOwn}: its Authorized Cluster Endpoint is one`,
    },
  ],
  [
    /^https:\/\/[^/]*connectgateway\.googleapis\.com\//,
    { name: "Google's Connect Gateway", takes: "it takes Google identities, and no service account tokens", instead: itsOwn },
  ],
  [
    /^https:\/\/[^/]+\.gke\.goog(:\d+)?(\/|$)/,
    {
      name: "the DNS endpoint of GKE",
      takes:
        "it takes Google identities, and service account tokens only with --enable-k8s-tokens-via-dns; its certificate is of a public authority",
      instead: `${itsOwn}: the control plane's IP endpoint is one`,
    },
  ],
  [
    /^https:\/\/[^/]+\.ts\.net(:\d+)?(\/|$)/,
    {
      name: "Tailscale's API server proxy",
      takes: "it knows callers by their tailnet, and takes no service account tokens",
      instead: itsOwn,
    },
  ],
  [
    /^https:\/\/[^/]+\.teleport\.sh(:\d+)?(\/|$)/,
    { name: "Teleport's proxy", takes: "it takes certificates of its own, and no service account tokens", instead: itsOwn },
  ],
  [
    /\/api\/endpoints\/\d+\/kubernetes\/?$/,
    { name: "Portainer's proxy", takes: "it takes its own keys, and no service account tokens", instead: itsOwn },
  ],
  [
    /\/kubernetes\/(cluster|project|virtualcluster|management)(\/|$)/,
    { name: "the proxy of vCluster Platform", takes: "it takes its own access keys, and no service account tokens", instead: itsOwn },
  ],
];

/** What stands before the API server, by the address; undefined where that says nothing. */
export const frontAt = (host: string): Front | undefined => fronts.find(([pattern]) => pattern.test(host))?.[1];

/** A front in one sentence. */
export const frontSaid = ({ name, takes }: Front): string => `That is ${name}: ${takes}.`;

/** What to do where something before the API server takes no service account tokens. */
export const pastFront = (front: Front | undefined): string =>
  `${front?.instead ?? `${itsOwn}: a proxy before it (Rancher, a gateway of a cloud) may take its own tokens alone`}; ${byKeys}.`;
