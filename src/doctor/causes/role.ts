import { byHand, type Cause, type CommandLines, type Match } from "../../consumers/diagnosis/cause.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import { isAbsent, valueOf } from "../../core/fact.ts";
import { bareLogin, refusal } from "../../consumers/diagnosis/look.ts";
import { hasMount, mountMend } from "./mount.ts";

/** The login that the settings want was refused with words that only a role can cause. */
function refusedByRole(evidence: Evidence, commandLines: CommandLines, words: RegExp, seen: (role: string) => string): Match | undefined {
  const said = refusal(evidence.login, words);
  if (said === undefined) return undefined;
  return {
    sure: "certain",
    evidence: [`Vault says to the login: ${said}`, seen(`auth/${evidence.asked.mount}/role/${evidence.asked.role}`)],
    mend: mountMend(evidence, commandLines, "role"),
  };
}

const listed = (items: readonly string[] | undefined): string =>
  items === undefined ? "what it binds cannot be read" : items.join(", ") || "nothing";

export const role: readonly Cause[] = [
  {
    code: "VD20",
    title: "The role does not exist",
    match: (evidence, commandLines) => {
      const said = refusal(evidence.login, /invalid role name/);
      if (said === undefined && !(hasMount(evidence) && isAbsent(evidence.role))) return undefined;
      return {
        sure: "certain",
        evidence: [
          said === undefined
            ? `auth/${evidence.asked.mount}/role/${evidence.asked.role} is not there (404)`
            : `Vault says to the login: ${said}`,
        ],
        mend: mountMend(evidence, commandLines, "role"),
      };
    },
  },
  {
    code: "VD21",
    title: "The role does not bind the service account",
    match: (evidence, commandLines) =>
      refusedByRole(
        evidence,
        commandLines,
        /service account name not authorized/,
        (path) => `${evidence.asked.account.name} logs in; ${path} binds ${listed(valueOf(evidence.role)?.names)}`,
      ),
  },
  {
    code: "VD22",
    title: "The role does not bind the namespace",
    match: (evidence, commandLines) =>
      refusedByRole(
        evidence,
        commandLines,
        /namespace not authorized/,
        (path) => `the account is in ${evidence.asked.account.namespace}; ${path} binds ${listed(valueOf(evidence.role)?.namespaces)}`,
      ),
  },
  {
    code: "VD23",
    title: "The role wants another audience",
    match: (evidence, commandLines) =>
      refusedByRole(
        evidence,
        commandLines,
        /invalid audience|audience claim/,
        (path) =>
          `the token is for ${evidence.asked.audience ?? "the API server"}; ${path} wants ${valueOf(evidence.role)?.audience ?? "another"}`,
      ),
  },
  {
    code: "VD24",
    title: "The role takes logins only from certain addresses",
    match: (evidence) => {
      const cidrs = valueOf(evidence.role)?.cidrs ?? [];
      if (cidrs.length === 0 || bareLogin(evidence) === undefined || valueOf(evidence.store)?.ready?.status === "True") return undefined;
      // Vault refuses this before it reviews anything, and logs no word.
      const silent = evidence.log.kind === "heard" && evidence.log.lines.length === 0;
      const seen = silent
        ? "Vault's log has no failed review for it: it refused before"
        : "a login from elsewhere is refused without a word";
      return {
        sure: silent ? "certain" : "likely",
        evidence: [`auth/${evidence.asked.mount}/role/${evidence.asked.role} has token_bound_cidrs ${cidrs.join(", ")}`, seen],
        mend: byHand(
          `vault write auth/${evidence.asked.mount}/role/${evidence.asked.role} token_bound_cidrs=""`,
          "It takes the limit away; if it is meant, add the network of the operator's pods instead.",
        ),
      };
    },
  },
];
