import { randomBytes } from "node:crypto";
import { outsideMeshes, proofUser } from "../../systems/proof-pod.ts";
import type { KubeObject, PodOutcome } from "../../systems/world.ts";

export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** What a pod tries from where applications run. */
export interface InsideQuestion {
  readonly image: string;
  /** Where pods reach Vault. */
  readonly address: string;
  /** PEM; a certificate is no secret. */
  readonly ca: string | undefined;
  readonly vaultNamespace: string | undefined;
  readonly mount: string;
  readonly role: string;
  readonly audience: string | undefined;
  /** API paths: one that the account may read, and those that it may not. */
  readonly own: string;
  readonly others: readonly string[];
  /** Of Vault's pod, where it is in this cluster: what its image is pulled with, and whom it runs as. */
  readonly pullSecrets?: readonly object[] | undefined;
  readonly user?: number | undefined;
  /** The cluster itself gives pods their user. */
  readonly givenUser?: boolean | undefined;
}

/** How one request from the pod ended: Vault allowed it, refused it, or no such answer came. */
interface Attempt {
  readonly result: "ok" | "absent" | "denied" | "failed";
  readonly words: string;
}

/** What the pod told: each of `login`, `own` and `other-0`, `other-1` ... that it came to. */
export type Attempts = Readonly<Record<string, Attempt | undefined>>;

const tokenFolder = "/var/run/secrets/vault-k8s";
const seconds = 120;

// The token of the login goes into a file in memory, where the vault command looks for it: it stands in no argument and no environment.
const script = `
umask 077
set -f
vault=$(command -v vault || command -v bao)
say() { echo $* >> /dev/termination-log; }
failed() {
  case $(cat "$HOME/err") in
    *"No value found"*) say "$1" absent ;;
    *"Code: 403"*) say "$1" denied $(cat "$HOME/err") ;;
    *) say "$1" failed $(cat "$HOME/err") ;;
  esac
}
look() { if "$vault" read "$2" > /dev/null 2> "$HOME/err"; then say "$1" ok; else failed "$1"; fi; }
if "$vault" write -field=token "auth/$MOUNT/login" role="$ROLE" jwt=@${tokenFolder}/token > "$HOME/.vault-token" 2> "$HOME/err"; then
  say login ok
  look own "$OWN"
  index=0
  for other in $OTHERS; do look "other-$index" "$other"; index=$((index+1)); done
  "$vault" token revoke -self > /dev/null 2>&1
else
  failed login
fi
exit 0`;

/** A pod that logs in as an account with the token that Kubernetes itself puts into it, and dies by itself. */
export function insidePod(account: Account, question: InsideQuestion): KubeObject {
  const env = {
    HOME: "/tmp/vault-k8s",
    VAULT_ADDR: question.address,
    VAULT_CACERT_BYTES: question.ca,
    VAULT_NAMESPACE: question.vaultNamespace,
    VAULT_CLIENT_TIMEOUT: "15",
    VAULT_MAX_RETRIES: "1",
    MOUNT: question.mount,
    ROLE: question.role,
    OWN: question.own,
    // No path of Vault has a space.
    OTHERS: question.others.join(" "),
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `vault-k8s-verify-${randomBytes(4).toString("hex")}`,
      namespace: account.namespace,
      labels: { ...outsideMeshes.labels, "app.kubernetes.io/managed-by": "vault-k8s", "vault-k8s.io/proof": "inside" },
      annotations: outsideMeshes.annotations,
    },
    spec: {
      serviceAccountName: account.name,
      automountServiceAccountToken: false,
      restartPolicy: "Never",
      activeDeadlineSeconds: seconds,
      terminationGracePeriodSeconds: 0,
      enableServiceLinks: false,
      ...(question.pullSecrets !== undefined && { imagePullSecrets: question.pullSecrets }),
      securityContext: proofUser({ given: question.givenUser ?? false, user: question.user }),
      containers: [
        {
          name: "verify",
          image: question.image,
          command: ["/bin/sh", "-c", script],
          env: Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
          resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
          volumeMounts: [
            { name: "token", mountPath: tokenFolder, readOnly: true },
            { name: "home", mountPath: env.HOME },
          ],
        },
      ],
      volumes: [
        {
          name: "token",
          projected: {
            sources: [
              {
                serviceAccountToken: {
                  path: "token",
                  expirationSeconds: 600,
                  ...(question.audience !== undefined && { audience: question.audience }),
                },
              },
            ],
          },
        },
        { name: "home", emptyDir: { medium: "Memory" } },
      ],
    },
  };
}

const line = /^(login|own|other-\d+) (ok|absent|denied|failed)\b ?(.*)$/;

/** Reads what a pod left behind. */
export function attemptsOf({ message }: PodOutcome): Attempts {
  const rows = message.split("\n").flatMap((text) => {
    const [, about, result, words] = line.exec(text.trim()) ?? [];
    return about === undefined ? [] : [[about, { result, words: words ?? "" }] as const];
  });
  return Object.fromEntries(rows) as Attempts;
}
