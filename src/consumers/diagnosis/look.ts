import type { Evidence, LoginFact, ReadResult } from "./evidence.ts";
import { valueOf } from "../../core/fact.ts";
import { probePath } from "../../systems/probe-path.ts";

/** The login that applications' secrets hang on: the store's, where there is one. */
export const usedLogin = (evidence: Evidence): LoginFact => evidence.storeLogin ?? evidence.login;

/** Vault's words for refusing a login, where they fit. */
export function refusal(login: LoginFact | undefined, words = /./): string | undefined {
  return login?.result.kind === "refused" && words.test(login.result.words) ? login.result.words : undefined;
}

/** Vault said no and nothing else: its review of the token failed, for whatever reason. */
export const isBare = (login: LoginFact): boolean => refusal(login, /^\W*permission denied\W*$/) !== undefined;

/** The reason that Vault's own log gives, where it fits. */
export function logged(evidence: Evidence, words = /./): string | undefined {
  return heard(evidence).find((line) => words.test(line));
}

/** A login that was refused without a reason: as the settings say, or as the store makes it. */
export const bareLogin = ({ asked, login, storeLogin }: Evidence): LoginFact | undefined =>
  [login, storeLogin].find((one) => one !== undefined && one.plan.mount === asked.mount && isBare(one));

/** Vault's words to the first login that was refused with such. */
export const saidToLogin = ({ login, storeLogin }: Evidence, words = /./): string | undefined =>
  refusal(login, words) ?? refusal(storeLogin, words);

/** What the log gives as reasons, without time and name. */
export function heard({ log }: Evidence): readonly string[] {
  if (log.kind !== "heard") return [];
  return log.lines.filter((line) => /login unauthorized|err=/.test(line)).map((line) => unquoted(line.replace(/^.*?(err(or)?=)/, "")));
}

/** Vault's log quotes a reason once, and a reason of Kubernetes in JSON once more. */
function unquoted(text: string): string {
  const bare = text
    .trim()
    .replace(/^"(.*)"$/s, "$1")
    .replaceAll('\\"', '"');
  return /"message":"((?:[^"\\]|\\.)*)"/.exec(bare)?.[1]?.replace(/\\+"/g, '"') ?? bare;
}

export const isIn = (login: LoginFact | undefined): boolean => login?.result.kind === "in";

/** What the login saw of the name that nobody has, below the prefix. */
export function ownRead({ asked }: Evidence, { reads }: LoginFact): ReadResult | undefined {
  return reads.find(({ path }) => path === probePath(asked.kvMount, asked.kvPrefix));
}

/** The store is there, and the operator does not call it ready. */
export const storeFails = ({ store }: Evidence): boolean => valueOf(store) !== undefined && valueOf(store)?.ready?.status !== "True";

/** What the operator said of the store within the last minutes; older words may be of a fault that is gone. */
export const storeSays = (evidence: Evidence, words: RegExp): string | undefined => storeSaid(evidence, words, recentMs);

/** What the operator said of the store: it tries again after 1 s, 2 s and so on up to 7 minutes, so what it says may be that old. */
export function storeSaid({ store }: Evidence, words: RegExp, withinMs = Infinity): string | undefined {
  const said = valueOf(store)?.events.find(({ message, ageMs }) => ageMs < withinMs && words.test(message));
  return said && short(said.message);
}

const recentMs = 3 * 60_000;

/** A message on one line, without what the HTTP library says around it. */
export function short(message: string): string {
  const line = message
    .replace(/\s+/g, " ")
    .replace(/Error making API request\. /g, "")
    .trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
