import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { componentFolder } from "../../test/lab/build/index.ts";

/** A real Vault of one node on integrated storage. */
export interface RealVault {
  readonly address: string;
  readonly token: string;
  readonly program: string;
  stop(): void;
}

const port = Number(process.env["BENCH_VAULT_PORT"] ?? 18_300);

/** Starts one in a folder, initialises and unseals it, with the engine that clusters share. */
export async function startVault(folder: string): Promise<RealVault> {
  const program = join(componentFolder("vault"), "vault");
  const address = `http://127.0.0.1:${port}`;
  mkdirSync(join(folder, "raft"), { recursive: true });
  writeFileSync(
    join(folder, "vault.hcl"),
    `storage "raft" { path = "${join(folder, "raft")}" node_id = "bench" }
listener "tcp" { address = "127.0.0.1:${port}" tls_disable = true }
api_addr = "${address}"
cluster_addr = "http://127.0.0.1:${port + 1}"
disable_mlock = true
`,
  );
  const child = spawn(program, ["server", `-config=${join(folder, "vault.hcl")}`, "-log-level=error"], { stdio: "ignore" });
  const stop = (): void => void child.kill("SIGKILL");
  try {
    const init = await untilAnswered<{ keys: string[]; root_token: string }>(address, "sys/init", {
      secret_shares: 1,
      secret_threshold: 1,
    });
    await send(address, "sys/unseal", { key: init.keys[0] });
    await untilAnswered(address, "sys/mounts/kv", { type: "kv", options: { version: "2" } }, init.root_token);
    return { address, token: init.root_token, program, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

async function untilAnswered<T>(address: string, path: string, body: object, token = ""): Promise<T> {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await send(address, path, body, token).catch(() => undefined);
    if (answer?.ok === true) return (answer.status === 204 ? undefined : await answer.json()) as T;
    await delay(200);
  }
  throw new Error(`Vault does not answer ${path}`);
}

const send = (address: string, path: string, body: object, token = ""): Promise<Response> =>
  fetch(`${address}/v1/${path}`, { method: "PUT", headers: { "X-Vault-Token": token }, body: JSON.stringify(body) });
