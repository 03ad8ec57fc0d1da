import { z } from "zod";
import { failure, kinds } from "../../errors.ts";
import { secretText } from "../../systems/secret-data.ts";
import type { KubeObject } from "../../systems/world.ts";
import { argoPlugin, awsPlugin } from "./argocd-plugins.ts";
import type { Entry } from "./found.ts";
import { heldEntry, oneContext } from "./held-entry.ts";
import { titleOf, type Asking, type Hub, type Source } from "./source.ts";

interface Wish extends Hub {
  readonly namespace?: string | undefined;
  readonly selector?: string | undefined;
}

const label = "argocd.argoproj.io/secret-type=cluster";
const skipped = "argocd.argoproj.io/skip-reconcile";

/**
 * Cluster Secrets of Argo CD; those that it leaves alone are left out.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#clusters
 */
export const argocdSource = (wish: Wish): Source => ({
  kind: "argocd",
  title: titleOf("argocd", wish),
  read: async (asking) => {
    const { namespace = "argocd", selector } = wish;
    const labelSelector = [label, selector].filter((one) => one !== undefined).join(",");
    const secrets = await (await asking.hub(wish)).list({ apiVersion: "v1", kind: "Secret", namespace, labelSelector });
    return secrets.filter(({ metadata }) => metadata.annotations?.[skipped] !== "true").map((secret) => argocdEntry(secret, asking));
  },
});

/** The cluster of one such Secret. */
export function argocdEntry(secret: KubeObject, asking: Asking): Entry {
  const { name, namespace } = secret.metadata;
  const as = { form: "argocd", secret: `${namespace}/${name}` } as const;
  return heldEntry(secret, { called: secretText(secret, "name") ?? name, as }, asking, (object) => kubeconfigOf(secret, object));
}

const word = z
  .string()
  .nullish()
  .transform((value) => value || undefined);
/** https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#clusters, the Go type ClusterConfig */
const configShape = z.object({
  username: word,
  password: word,
  bearerToken: word,
  proxyUrl: word,
  disableCompression: z.boolean().nullish(),
  tlsClientConfig: z.object({ insecure: z.boolean().nullish(), serverName: word, certData: word, keyData: word, caData: word }).nullish(),
  awsAuthConfig: z.object({ clusterName: word, roleARN: word, profile: word }).nullish(),
  execProviderConfig: z
    .object({
      command: word,
      args: z.array(z.string()).nullish(),
      env: z.record(z.string(), z.string()).nullish(),
      apiVersion: word,
      installHint: word,
      provideClusterInfo: z.boolean().nullish(),
      config: z.unknown().optional(),
    })
    .nullish(),
});
type Config = z.output<typeof configShape>;

function kubeconfigOf(secret: KubeObject, object: string): string {
  const config = configIn(secret, object);
  const { tlsClientConfig: tls, proxyUrl, disableCompression, execProviderConfig: exec } = config;
  return oneContext(
    {
      server: secretText(secret, "server")?.replace(/\/+$/, ""),
      "certificate-authority-data": tls?.caData,
      "insecure-skip-tls-verify": tls?.insecure ?? undefined,
      "tls-server-name": tls?.serverName,
      "proxy-url": proxyUrl,
      "disable-compression": disableCompression ?? undefined,
      extensions: exec?.config == null ? undefined : [{ name: "client.authentication.k8s.io/exec", extension: exec.config }],
    },
    userOf(config, object),
  );
}

function configIn(secret: KubeObject, object: string): Config {
  const found = configShape.safeParse(json(secretText(secret, "config") ?? "{}"));
  if (found.success) return found.data;
  throw failure(kinds.heldShape, {
    what: `${object} is no cluster of Argo CD`,
    why: "Its config is not the JSON that Argo CD's docs describe.",
    fix: "Correct it there.",
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function userOf(
  { username, password, bearerToken: token, tlsClientConfig: tls, awsAuthConfig: aws, execProviderConfig: exec }: Config,
  object: string,
): object {
  const plugin = aws != null ? awsPlugin(aws, object) : exec == null ? undefined : argoPlugin(exec, object);
  // Argo CD takes a password only where there is no token.
  const basic = token === undefined ? { username, password } : {};
  return { ...basic, token, "client-certificate-data": tls?.certData, "client-key-data": tls?.keyData, exec: plugin };
}
