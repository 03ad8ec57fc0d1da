import type { KubeReader } from "../../systems/world.ts";
import { probePod } from "./probe/pod.ts";
import { vaultPodShape } from "./probe/vault-pod.ts";
import type { ConfigFact, PodView } from "../../consumers/diagnosis/evidence.ts";
import { fact, isKnown } from "../../core/fact.ts";

/** How long the pod may take, its start included, in milliseconds. */
const withinMs = 60_000;

/**
 * Vault's own program, in a pod beside Vault's pods, asks the API server for something that it does not have: whether it gets there, and
 * trusts what it finds with the CA of the config, is what Vault would see. The pod carries the labels by which network policies choose
 * Vault's pods, but not the one by which Services do.
 */
export async function podView(
  kube: KubeReader,
  where: { namespace: string; release: string; image: string | undefined },
  config: ConfigFact,
): Promise<PodView> {
  const outcome = await fact(async () => {
    const shape = await vaultPodShape(kube, where);
    const { component: _, ...labels } = Object.fromEntries(
      Object.entries(shape.labels).filter(([key]) => key.startsWith("app.kubernetes.io/") || key === "component"),
    );
    return kube.runPod(
      probePod({
        namespace: where.namespace,
        image: where.image ?? shape.image,
        shape,
        labels,
        script,
        env: { VAULT_ADDR: config.host, CA: config.ca },
        seconds: withinMs / 1000,
      }),
      withinMs,
    );
  });
  if (!isKnown(outcome)) return { kind: "no-pod", words: outcome.unknown };
  return outcome.value.exitCode === 0 ? viewOf(outcome.value.message) : { kind: "no-pod", words: outcome.value.message };
}

// The API server answers 401, 403 or 404 to a path of Vault's.
const script = `
printf '%s' "$CA" > /tmp/ca.crt
VAULT_CACERT=/tmp/ca.crt VAULT_TOKEN=none VAULT_MAX_RETRIES=0 VAULT_CLIENT_TIMEOUT=10s "$p" read auth/token/lookup-self > /tmp/said 2>&1
tail -c 1500 /tmp/said > /dev/termination-log
exit 0
`;

/** Go's words for what happened. */
function viewOf(said: string): PodView {
  const words = said.replace(/\s+/g, " ").trim();
  if (/Code: \d{3}/.test(words)) return { kind: "reached", words };
  return { kind: /x509|certificate/.test(words) ? "untrusted" : "unreachable", words };
}
