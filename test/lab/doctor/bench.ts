import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { LabState } from "../api.ts";
import { waitFor } from "../machine/wait.ts";
import { inLab, kubectl, type Ran } from "../testing/product.ts";
import { reach, rootToken, vaultCli } from "../testing/vault.ts";

export const cluster = "eks-prod";
export const mount = "k8s-eks-prod";
export const store = "clustersecretstore/vault";

/** Another value of a field of the role. */
export const role =
  (field: string) =>
  (bench: Bench): Promise<void> =>
    bench.vault(["write", `auth/${mount}/role/external-secrets`, field]).then(() => undefined);

/** What a fault may use to break a wired cluster: kubectl, vault and iptables, and nothing of the product. */
export class Bench {
  readonly lab: LabState;

  constructor(lab: LabState) {
    this.lab = lab;
  }

  kubectl = (...args: readonly string[]): Promise<string> => kubectl(this.lab, cluster, args);

  /** HashiCorp's command as root; fails where it fails. */
  async vault(args: readonly string[], input = ""): Promise<string> {
    const { exitCode, stdout, stderr } = await vaultCli(this.lab, cluster, args, input);
    if (exitCode !== 0) throw new Error(`vault ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  }

  /** The whole configuration of the auth method as it should be, but for some fields. */
  async config(fields: Readonly<Record<string, unknown>>): Promise<void> {
    const data = async (key: string): Promise<string> =>
      Buffer.from(
        await this.kubectl("get", "secret", "vault-reviewer-token", "-n", "vault-k8s", "-o", `jsonpath={.data.${key}}`),
        "base64",
      ).toString();
    const right = {
      kubernetes_host: "https://kubernetes.default.svc",
      kubernetes_ca_cert: await data("ca\\.crt"),
      token_reviewer_jwt: await data("token"),
      disable_local_ca_jwt: true,
    };
    const body = Object.fromEntries(Object.entries({ ...right, ...fields }).filter(([, value]) => value !== undefined));
    await this.vault(["write", `auth/${mount}/config`, "-"], JSON.stringify(body));
  }

  /** Changes a policy's text by hand; the first line, which says whose it is, may go. */
  async policy(change: (text: string) => string): Promise<void> {
    const name = `${mount}-read`;
    await this.vault(["policy", "write", name, "-"], change(await this.vault(["policy", "read", name])));
  }

  async patchStore(vault: object): Promise<void> {
    await this.kubectl("patch", store, "--type", "merge", "-p", JSON.stringify({ spec: { provider: { vault } } }));
  }

  /** Changes the store, and waits until the operator says that it does not work. */
  async store(vault: object): Promise<void> {
    await this.patchStore(vault);
    await this.kubectl("wait", store, "--for=condition=Ready=False", "--timeout=60s");
  }

  /** Makes the store log in with a token that lies in a Secret. */
  async storeToken(token: string): Promise<void> {
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "login-token", namespace: "external-secrets" },
      stringData: { token },
    };
    await kubectl(this.lab, cluster, ["apply", "-f", "-"], { input: JSON.stringify(secret) });
    await this.store({
      auth: { kubernetes: { serviceAccountRef: null, secretRef: { name: "login-token", namespace: "external-secrets", key: "token" } } },
    });
  }

  /** Changes the ExternalSecret, and waits until the operator says that it does not work. */
  async external(spec: object): Promise<void> {
    await this.kubectl("patch", "externalsecret/demo", "--type", "merge", "-p", JSON.stringify({ spec }));
    await this.kubectl("wait", "externalsecret/demo", "--for=condition=Ready=False", "--timeout=60s");
  }

  /** Makes the operator look, again and again, until it says what it should: the API server knows a token that died for ten seconds more. */
  async operatorSays(ready: "True" | "False", what: readonly string[] = [store, "externalsecret/demo"]): Promise<void> {
    for (const one of what) {
      await waitFor(`${one} Ready=${ready}`, 120, async () => {
        await this.kubectl("annotate", one, `force-sync=${Date.now()}`, "--overwrite");
        return this.kubectl("wait", one, `--for=condition=Ready=${ready}`, "--timeout=3s").then(
          () => true,
          () => false,
        );
      });
    }
  }

  /** A rule on the network of the cluster; returns how to take it away. */
  async iptables(rule: readonly string[]): Promise<() => Promise<void>> {
    const change = async (action: string): Promise<void> => {
      const { exitCode, stderr } = await inLab(this.lab, ["iptables", action, ...rule]);
      if (exitCode !== 0) throw new Error(stderr);
    };
    await change("-I");
    return () => change("-D");
  }

  /** Takes away every rule that a fault may have left. */
  async unblock(): Promise<void> {
    const { stdout } = await inLab(this.lab, ["iptables", "-S"]);
    const left = stdout
      .split("\n")
      .filter((line) => /^-A (INPUT|FORWARD) -s 10\.22\..* -j (ACCEPT|REJECT --reject-with tcp-reset)$/.test(line));
    for (const line of left) await inLab(this.lab, ["iptables", ...line.replace(/^-A/, "-D").split(" ")]);
  }

  async podAddresses(namespace: string, selector: string): Promise<string[]> {
    return (await this.kubectl("get", "pods", "-n", namespace, "-l", selector, "-o", "jsonpath={.items[*].status.podIP}")).split(" ");
  }

  /** Sealed pods: a Vault container that starts is sealed. */
  async restart(...pods: readonly string[]): Promise<void> {
    await this.kubectl("delete", "pod", "-n", "vault", "--wait", ...pods);
    await this.kubectl(
      "wait",
      "-n",
      "vault",
      "--for=jsonpath={.status.phase}=Running",
      ...pods.map((pod) => `pod/${pod}`),
      "--timeout=90s",
    );
    await this.kubectl(
      "wait",
      "-n",
      "vault",
      "--for=jsonpath={.metadata.labels.vault-sealed}=true",
      ...pods.map((pod) => `pod/${pod}`),
      "--timeout=90s",
    );
  }

  /** A self-signed certificate, as a CA that signed nothing here. */
  async otherCa(): Promise<string> {
    const { stdout } = await execa("openssl", [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-keyout",
      "/dev/null",
      "-days",
      "1",
      "-subj",
      "/CN=other",
    ]);
    return stdout;
  }

  /** A line as doctor printed it, by a person who is logged in to Vault; `editor` is what the person does where one is opened. */
  async type(line: string, input = "", editor = "false"): Promise<Ran> {
    const folder = join(this.lab.work, "logged-in");
    await mkdir(folder, { recursive: true });
    const reached = Object.entries(await reach(this.lab, cluster)).map(([name, value]) => `${name}=${value}`);
    await writeFile(
      join(folder, "vault"),
      `#!/bin/sh\n${reached.join(" ")} VAULT_TOKEN=${await rootToken(this.lab, cluster)} exec ${join(this.lab.bin, "vault")} "$@"\n`,
      { mode: 0o700 },
    );
    await chmod(join(folder, "vault"), 0o700);
    return inLab(this.lab, ["sh", "-euc", line], { input, env: { PATH: `${folder}:${this.lab.env["PATH"] ?? ""}`, KUBE_EDITOR: editor } });
  }
}
