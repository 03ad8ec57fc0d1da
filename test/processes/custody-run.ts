/** One run of a custody as a process of its own, which does what it is told by messages and answers each with what came of it. */
import { randomBytes } from "node:crypto";
import { ageSealing } from "../../src/keys/age.ts";
import { commandSink } from "../../src/keys/command-sink.ts";
import { keyCustody } from "../../src/keys/custody.ts";
import { fileSink } from "../../src/keys/file-sink.ts";
import type { Sink } from "../../src/keys/sink.ts";
import { CliError } from "../../src/core/errors.ts";
import type { Keys } from "../../src/systems/world.ts";

const [folder = "", write] = process.argv.slice(2);
const sealing = ageSealing([], undefined);

/** In a file, or by a command that nobody reads back. */
const main = (file: string): Sink =>
  write === undefined
    ? fileSink(file, sealing)
    : commandSink({ title: "c", write, read: undefined, variables: {}, env: process.env, cwd: folder, timeoutMs: 20_000 });

const custody = keyCustody({
  file: () => Promise.resolve(`${folder}/init.json`),
  title: "f",
  origin: () => Promise.resolve({ kubeSystemUid: "U" }),
  sinks: (file) => ({ main: [main(file)], others: [], rescue: [], holders: [], sealing }),
  acceptUnproven: true,
  threshold: 3,
});

const shares = (): string[] => Array.from({ length: 5 }, () => randomBytes(33).toString("hex"));

const keys = (): Keys => {
  const hex = shares();
  return {
    unseal_keys_b64: hex.map((one) => Buffer.from(one, "hex").toString("base64")),
    unseal_keys_hex: hex,
    unseal_shares: 5,
    unseal_threshold: 3,
    recovery_keys_b64: [],
    recovery_keys_hex: [],
    recovery_keys_shares: 0,
    recovery_keys_threshold: 0,
    root_token: `hvs.${randomBytes(12).toString("hex")}`,
  };
};

const deeds: Readonly<Record<string, () => Promise<unknown>>> = {
  prepare: () => custody.prepare({ node: "vault-0", bytes: 6000 }),
  keep: () => custody.keep(keys()),
  abandon: () => custody.abandon(),
};

process.on("message", (name: string) => {
  void deeds[name]!()
    .then(
      () => "done",
      (error: unknown) => (error instanceof CliError ? `${error.kind.code} ${error.message}` : String(error)),
    )
    .then((outcome) => process.send!([name, outcome]));
});
process.send!(["ready", ""]);
