import { spawn, type ChildProcess } from "node:child_process";
import { execFileSync } from "node:child_process";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { componentFolder } from "../../build/index.ts";
import { prod } from "../../cluster/spec.ts";
import { waitFor } from "../../machine/wait.ts";
import { inLab } from "../product.ts";
import type { LabState } from "../../api.ts";

/**
 * A control plane of its own in the etcd of eks-prod, under another prefix: an API server and a controller manager, no node. Tokens, their review and
 * who may do what are as real as in the first; a pod of Vault calls it at the node's address and its own port.
 */
interface Plane {
  readonly name: string;
  readonly server: string;
  /** Of its API server; one JSON object a line. */
  readonly auditLog: string;
}

export interface Planes {
  readonly all: readonly Plane[];
  /** A kubeconfig of them all, with a context for each. */
  readonly kubeconfig: string;
  end(): void;
}

const firstPort = 6510;

/** Starts so many, and waits until each makes tokens. */
export async function startPlanes(lab: LabState, count: number): Promise<Planes> {
  const folder = join(lab.data, "planes");
  mkdirSync(folder, { recursive: true });
  const made = Array.from({ length: count }, (_, index) => plane(lab, folder, index));
  const children: ChildProcess[] = [];
  const end = (): void => children.forEach((child) => void child.kill("SIGKILL"));
  try {
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, stringify(kubeconfigOf(lab, made), { lineWidth: 0 }), { mode: 0o600 });
    for (const each of made) children.push(run(lab, each, "api-server", apiServer(lab, each)));
    await Promise.all(made.map((each) => ready(lab, kubeconfig, each)));
    for (const each of made) children.push(run(lab, each, "controller-manager", controllers(lab, each)));
    return { all: made, kubeconfig, end };
  } catch (error) {
    end();
    throw error;
  }
}

interface Made extends Plane {
  readonly folder: string;
  readonly port: number;
}

function plane(lab: LabState, parent: string, index: number): Made {
  const name = `plane-${index}`;
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  const port = firstPort + index;
  execFileSync("openssl", ["genrsa", "-out", join(folder, "tokens.key"), "2048"], { stdio: "ignore" });
  execFileSync("openssl", ["rsa", "-in", join(folder, "tokens.key"), "-pubout", "-out", join(folder, "tokens.pub")], { stdio: "ignore" });
  const server = `https://${prod.nodeAddress}:${port}`;
  const made = { name, folder, port, server, auditLog: join(folder, "audit.log") };
  writeFileSync(join(folder, "audit-policy.yaml"), stringify(auditPolicy));
  writeFileSync(join(folder, "controllers.json"), JSON.stringify(kubeconfigOf(lab, [made])));
  return made;
}

const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived", "ResponseStarted"],
  rules: [{ level: "Metadata", users: ["admin"] }, { level: "None" }],
};

const pki = (lab: LabState, file: string): string => join(lab.folder, prod.name, "pki", file);

const flags = (values: Readonly<Record<string, string>>): string[] => Object.entries(values).map(([name, value]) => `--${name}=${value}`);

const apiServer = (lab: LabState, { name, folder, port, auditLog }: Made): [string, ...string[]] => [
  join(componentFolder("kubernetes"), "kube-apiserver"),
  ...flags({
    "etcd-servers": "http://127.0.0.1:2379",
    "etcd-prefix": `/${name}`,
    "secure-port": String(port),
    "advertise-address": prod.nodeAddress,
    "endpoint-reconciler-type": "none",
    "service-cluster-ip-range": prod.serviceNetwork,
    "tls-cert-file": pki(lab, "api-server.crt"),
    "tls-private-key-file": pki(lab, "api-server.key"),
    "client-ca-file": pki(lab, "ca.crt"),
    "authorization-mode": "RBAC",
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-key-file": join(folder, "tokens.pub"),
    "service-account-signing-key-file": join(folder, "tokens.key"),
    "audit-policy-file": join(folder, "audit-policy.yaml"),
    "audit-log-path": auditLog,
  }),
];

const controllers = (lab: LabState, { folder, port }: Made): [string, ...string[]] => [
  join(componentFolder("kubernetes"), "kube-controller-manager"),
  ...flags({
    kubeconfig: join(folder, "controllers.json"),
    "bind-address": "127.0.0.1",
    "secure-port": String(port + 1000),
    "leader-elect": "false",
    controllers: "serviceaccount-controller,serviceaccount-token-controller,root-ca-certificate-publisher-controller,namespace-controller",
    "service-account-private-key-file": join(folder, "tokens.key"),
    "root-ca-file": pki(lab, "ca.crt"),
  }),
];

function run(lab: LabState, { folder }: Made, name: string, command: readonly [string, ...string[]]): ChildProcess {
  const log = openSync(join(folder, `${name}.log`), "a");
  const [program, ...args] = lab.onNetwork(command);
  return spawn(program, args, { stdio: ["ignore", log, log], cwd: folder });
}

async function ready(lab: LabState, kubeconfig: string, { name }: Plane): Promise<void> {
  await waitFor(`API server of ${name}`, 240, async () => {
    const command = ["kubectl", "--kubeconfig", kubeconfig, "--context", name, "get", "namespace", "kube-system", "-o", "name"];
    return (await inLab(lab, command)).exitCode === 0;
  });
}

function kubeconfigOf(lab: LabState, planes: readonly Plane[]): object {
  const data = (file: string): string => readFileSync(pki(lab, file)).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: planes.map(({ name, server }) => ({ name, cluster: { server, "certificate-authority-data": data("ca.crt") } })),
    users: [{ name: "admin", user: { "client-certificate-data": data("admin.crt"), "client-key-data": data("admin.key") } }],
    contexts: planes.map(({ name }) => ({ name, context: { cluster: name, user: "admin" } })),
    "current-context": planes[0]?.name,
  };
}
