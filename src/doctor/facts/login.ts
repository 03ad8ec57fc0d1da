import { secretText } from "../../systems/secret-data.ts";
import type { KubeReader, LogAnswer, Readers, VaultLogin } from "../../systems/world.ts";
import { CliError } from "../../core/errors.ts";
import { kinds } from "../../errors.ts";
import type { Asked, LogFact, LoginFact, LoginResult, MountFact, ReadResult } from "../../consumers/diagnosis/evidence.ts";
import { tokenAudiences } from "../../consumers/token-audiences.ts";
import type { LoginPlan } from "../../consumers/diagnosis/login-plan.ts";
import { fact, isAbsent, isKnown, valueOf, type Fact } from "../../core/fact.ts";
import { claimsOf } from "./claims.ts";

/** The login that the settings want. */
export async function wantedLogin(read: Readers, { mount, role, audience, reviewsItself, account }: Asked): Promise<LoginPlan> {
  const audiences = valueOf(await fact(() => tokenAudiences(read, { audience, reviewsItself })));
  return { mount, role, account, audiences: audiences ?? (audience === undefined ? [] : [audience]), tokenSecret: undefined };
}

/** The shortest life that Kubernetes gives a token, in seconds. */
const tokenSeconds = 600;

/** The token of a plan; undefined value when the account or the Secret is not there. */
export async function tokenFor({ kube }: Readers, { account, tokenSecret, audiences }: LoginPlan): Promise<Fact<string | undefined>> {
  if (tokenSecret !== undefined) return fact(() => tokenInSecret(kube, tokenSecret));
  if (account === undefined) return { unknown: "it names no account" };
  const token = await fact(() => kube.serviceAccountToken(account, audiences, tokenSeconds));
  if (isKnown(token)) return token;
  return isAbsent(await fact(() => kube.get({ apiVersion: "v1", kind: "ServiceAccount", ...account }))) ? { value: undefined } : token;
}

async function tokenInSecret(
  kube: KubeReader,
  { namespace, name, key }: { namespace: string; name: string; key: string },
): Promise<string | undefined> {
  return secretText(await kube.get({ apiVersion: "v1", kind: "Secret", name, namespace }), key)?.trim();
}

/** Logs in as a plan says, reads the paths with what it gets, and revokes that. */
export async function tryLogin(
  read: Readers,
  plan: LoginPlan,
  token: Fact<string | undefined>,
  paths: readonly string[],
): Promise<LoginFact> {
  const claims = plan.tokenSecret === undefined ? undefined : claimsOf(valueOf(token) ?? "");
  const base = { plan, claims, reads: [] };
  if (!isKnown(token)) return { ...base, result: { kind: "no-token", missing: false, words: token.unknown } };
  if (token.value === undefined) return { ...base, result: { kind: "no-token", missing: true, words: "it does not exist" } };
  const entered = await enter(read, plan, token.value);
  if ("kind" in entered) return { ...base, result: entered };
  try {
    return {
      ...base,
      result: { kind: "in", policies: entered.policies },
      reads: await Promise.all(paths.map((path) => tryRead(read, entered, path))),
    };
  } finally {
    await read.vault.revoke(entered.token).catch(ignoreCliError);
  }
}

async function enter({ vault }: Readers, { mount, role }: LoginPlan, jwt: string): Promise<VaultLogin | LoginResult> {
  const began = Date.now();
  try {
    return await vault.login(mount, role, jwt);
  } catch (error) {
    if (!(error instanceof CliError) || error.kind === kinds.interrupted) throw error;
    const words = error.why ?? error.message;
    const refused = error.kind === kinds.vaultDenied || error.kind === kinds.vaultRejected || error.kind === kinds.vaultFailed;
    return refused ? { kind: "refused", code: error.kind.code, words, ms: Date.now() - began } : { kind: "not-tried", words: error.words };
  }
}

async function tryRead({ vault }: Readers, { token }: VaultLogin, path: string): Promise<ReadResult> {
  try {
    const got = await vault.getAs(token, path);
    if (got.kind === "denied") return { path, kind: "denied", words: got.reason };
    const held = got.kind === "found" ? got.answer.data["data"] : undefined;
    return held === undefined || held === null ? { path, kind: "absent" } : { path, kind: "found", keys: Object.keys(held as object) };
  } catch (error) {
    return { path, kind: "failed", words: ignoreCliError(error) };
  }
}

function ignoreCliError(error: unknown): string {
  if (error instanceof CliError && error.kind !== kinds.interrupted) return error.message;
  throw error;
}

/** Logs in once more while Vault's log is listened to at debug level, and keeps what it says of this mount. */
export async function askLog(read: Readers, plan: LoginPlan, jwt: string, mount: MountFact | undefined): Promise<LogFact> {
  if (mount === undefined) return { kind: "not-asked", reason: "the mount's accessor is not known" };
  const during = async (): Promise<void> => {
    const entered = await enter(read, plan, jwt);
    if (!("kind" in entered)) await read.vault.revoke(entered.token).catch(ignoreCliError);
  };
  const answer = await fact<LogAnswer>(() => read.vault.watchLog({ keep: mount.accessor, hide: [jwt], during }));
  return isKnown(answer) ? answer.value : { kind: "not-heard", reason: answer.unknown };
}
