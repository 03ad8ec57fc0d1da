import type { Spec } from "../../config/spec.ts";
import { loginOf } from "../../consumers/kinds.ts";
import { tokenAudiences } from "../../consumers/token-audiences.ts";
import type { ConsumerSpec } from "../../config/spec/consumer.ts";
import { CliError } from "../../core/errors.ts";
import type { Say } from "../../core/resource.ts";
import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import type { Writers } from "../../systems/world.ts";

/**
 * Logs in as each consumer whose role is there, and gives the token back: before what an earlier way of reviewing rested on is taken away.
 * @throws CliError VK1602 where one is refused.
 */
export async function proveLogins(spec: Spec, write: Writers, say: Say): Promise<void> {
  for (const consumer of spec.consumers) await proveLogin(spec, consumer, write, say);
}

async function proveLogin({ wiring: { authMount } }: Spec, consumer: ConsumerSpec, write: Writers, say: Say): Promise<void> {
  const login = loginOf(consumer);
  const account = { namespace: login.namespaces[0] ?? "", name: login.serviceAccounts[0] ?? "" };
  if ((await write.vault.get(`auth/${authMount}/role/${login.role}`)) === undefined) return;
  say(`proving a login of ${account.namespace}/${account.name} at auth/${authMount}`);
  const jwt = await write.kube.serviceAccountToken(account, await tokenAudiences(write, login), 600);
  const attempt = (): Promise<CliError | undefined> => tried(write, authMount, login.role, jwt);
  const error = await untilSettled(attempt, (found) => found === undefined, { withinMs: 10_000 });
  if (error === undefined) return;
  throw failure(kinds.hostNotProven, {
    what: `Vault was configured, and refuses the login of ${account.namespace}/${account.name} at auth/${authMount}`,
    why: error.why ?? error.message,
    fix: "What the earlier way of reviewing rests on was left in place: run the same command again with the --reviewer of before. vault-k8s doctor looks for the cause.",
  });
}

async function tried({ vault }: Writers, mount: string, role: string, jwt: string): Promise<CliError | undefined> {
  try {
    await vault.revoke((await vault.login(mount, role, jwt)).token);
    return undefined;
  } catch (error) {
    if (error instanceof CliError && (error.kind === kinds.vaultDenied || error.kind === kinds.vaultRejected)) return error;
    throw error;
  }
}
