import { readFile, writeFile } from "node:fs/promises";
import { chooseSinks } from "../../../src/keys/choose-sinks.ts";
import { keyCustody } from "../../../src/keys/custody.ts";
import { keyFiles } from "../../../src/keys/place.ts";
import type { Keys, KeysWriter, KubeWriter } from "../../../src/systems/world.ts";
import { type Flags } from "../../../src/config/sources.ts";
import { specFrom } from "../spec.ts";
import { canary, folder } from "../systems/server.ts";

export interface CustodyOf {
  /** The key file, or where it would be. */
  readonly file: string | undefined;
  /** UID of the cluster; empty for a Vault that is only an address. */
  readonly uid?: string;
  readonly namespace?: string;
  readonly release?: string;
  readonly flags?: Flags;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly kube?: KubeWriter;
  readonly print?: (text: string) => Promise<void>;
}

/** A custody as the settings make it, with a home of its own. */
export async function custodyOf({
  file,
  uid = "uid-1",
  namespace = "vault",
  release = "vault",
  flags = {},
  env = { PATH: process.env["PATH"] },
  kube,
  print = () => Promise.reject(new Error("nothing is to be printed")),
}: CustodyOf): Promise<KeysWriter> {
  const home = await folder();
  const {
    cluster,
    vault: { keys },
  } = await specFrom({ cluster: "prod", keyThreshold: "2", keysCommandTimeout: "2s", ...flags }, home);
  return keyCustody({
    title: "the key file",
    file: () => Promise.resolve(file),
    origin: () => Promise.resolve(uid === "" ? {} : { kubeSystemUid: uid, namespace, release, context: "prod" }),
    sinks: (at) => chooseSinks(at, { cluster, keys, env, home, cwd: home, kube, print }),
    acceptUnproven: keys.acceptUnproven,
    threshold: keys.threshold,
    takeOver: keys.takeOver,
  });
}

const share = (index: number): Buffer => Buffer.alloc(33, index + 1);

/** Keys as Vault makes them: three shares, of which two unseal. */
export const keys: Keys = {
  unseal_keys_b64: [0, 1, 2].map((index) => share(index).toString("base64")),
  unseal_keys_hex: [0, 1, 2].map((index) => share(index).toString("hex")),
  unseal_shares: 3,
  unseal_threshold: 2,
  recovery_keys_b64: [],
  recovery_keys_hex: [],
  recovery_keys_shares: 0,
  recovery_keys_threshold: 0,
  root_token: canary,
};

export const init = { node: "vault-0", bytes: 4096 };

/** The run with this key file was killed: its lock is of a process that is gone. */
export async function killed(file: string): Promise<void> {
  const { lock } = keyFiles(file);
  const holder = JSON.parse(await readFile(lock, "utf8")) as object;
  await writeFile(lock, JSON.stringify({ ...holder, process: 2 ** 22 + 1 }));
}
