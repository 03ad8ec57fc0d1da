import { vaultPath } from "../../config/rules.ts";
import { failure, kinds } from "../../errors.ts";
import { kvSecret } from "../../wiring/kv/secret.ts";
import { noticeLines } from "../render/asides.ts";
import type { Call, CallWith, Run } from "./command.ts";
import type { secretPutOptions } from "./own-options.ts";
import { prepareForCluster } from "./prepare.ts";
import { runWork } from "./run-steps.ts";
import { secretValues } from "./secret-values.ts";

/** Writes one secret into Vault, with check-and-set. */
export const run: Run<typeof secretPutOptions> = async (call) => {
  const prepared = await prepareForCluster(call);
  const name = pathOf(call);
  const cas = casOf(call);
  const values = await secretValues(call, { prompts: prepared.prompts, notice: noticeLines(prepared.terminal) });
  return await runWork(call, prepared, {
    steps: async ({ wiring: { kv } }) => [
      {
        id: "secret-put",
        title: "Write the secret into Vault",
        resources: [kvSecret({ mount: kv.mount, path: `${kv.prefix}${name}`, values, cas })],
        checks: [],
      },
    ],
  });
};

function pathOf({ args: [name = ""] }: Call): string {
  const wrong = vaultPath(name);
  if (wrong === undefined) return name;
  throw failure(kinds.badValue, {
    what: `"${name}" cannot be the PATH of a secret`,
    why: wrong,
    fix: "Name it as in --secret: below the KV prefix.",
  });
}

function casOf({ options: { cas } }: CallWith<typeof secretPutOptions>): number | undefined {
  if (cas === undefined) return undefined;
  if (/^\d{1,15}$/.test(cas)) return Number(cas);
  throw failure(kinds.usage, {
    what: `--cas ${cas} is not a version`,
    fix: "Pass the number of the current version, or 0 if there must be none.",
  });
}
