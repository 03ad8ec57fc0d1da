import type { ClusterEntry, ExecEntry } from "./kubeconfig-shape.ts";

/** Variables that hold secrets of ours, or steer our Vault client: no other program is to see them. */
export const isOurs = (name: string): boolean => /^(VAULT|BAO)_/.test(name);

/**
 * An exec plugin's entry as client-node takes it, with KUBERNETES_EXEC_INFO as kubectl sets it and without our own secrets in
 * the plugin's environment. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export function execWith(exec: ExecEntry, cluster: ClusterEntry, env: NodeJS.ProcessEnv): object {
  const info = {
    apiVersion: exec.apiVersion,
    kind: "ExecCredential",
    spec: {
      interactive: false,
      ...(exec.provideClusterInfo === true
        ? { cluster: { server: cluster.server, "certificate-authority-data": cluster["certificate-authority-data"] } }
        : {}),
    },
  };
  const withheld = Object.keys(env)
    .filter(isOurs)
    .map((name) => ({ name, value: undefined }));
  return {
    command: exec.command,
    args: exec.args ?? [],
    env: [...withheld, { name: "KUBERNETES_EXEC_INFO", value: JSON.stringify(info) }, ...(exec.env ?? [])],
  };
}
