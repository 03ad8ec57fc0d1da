import { byHand, bySteps, type Cause, type CommandLines, type Mend } from "../../consumers/diagnosis/cause.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import { isAbsent, valueOf } from "../../core/fact.ts";
import { bareLogin, isIn, saidToLogin } from "../../consumers/diagnosis/look.ts";
import type { StepId } from "../../config/step-id.ts";

/** Steps that write below the mount; where it does not carry our mark, they would refuse, so it gets the mark first. */
export function mountMend({ asked, mount, mark, reviewer }: Evidence, commandLines: CommandLines, ...wanted: readonly StepId[]): Mend {
  const found = valueOf(mount);
  // A config is written with the reviewer's token, which has to be there.
  const ids: readonly StepId[] =
    wanted.includes("auth") && !wanted.includes("reviewer") && isAbsent(reviewer.secret) ? ["reviewer", ...wanted] : wanted;
  if (found === undefined || found.ownership !== "foreign") return bySteps(commandLines, ...ids);
  return byHand(
    `vault auth tune -description="${valueOf(mark) ?? ""}" ${asked.mount}/ && ${commandLines.steps(...ids)}`,
    `auth/${asked.mount} is not marked as made by vault-k8s: the first command marks it as this cluster's.`,
  );
}

/** The mount is there, and this cluster's to configure. */
export const hasMount = ({ mount }: Evidence): boolean =>
  valueOf(mount)?.type === "kubernetes" && valueOf(mount)?.ownership !== "other-cluster";

export const mount: readonly Cause[] = [
  {
    code: "VD10",
    title: "The cluster's auth method is not enabled",
    match: (evidence, commandLines) =>
      isAbsent(evidence.mount)
        ? {
            sure: "certain",
            evidence: [`sys/auth has no ${evidence.asked.mount}/`, ...saidBy(evidence)],
            mend: mountMend(evidence, commandLines, "auth", "role"),
          }
        : undefined,
  },
  {
    code: "VD11",
    title: "The auth method belongs to another cluster",
    match: (evidence, commandLines) => {
      if (valueOf(evidence.mount)?.ownership !== "other-cluster" || isIn(evidence.login)) return undefined;
      const other = `${evidence.asked.mount}-${evidence.asked.cluster}`;
      return {
        sure: "certain",
        evidence: [
          `auth/${evidence.asked.mount} carries the mark of another cluster; this one's is "${valueOf(evidence.mark) ?? ""}"`,
          ...saidBy(evidence),
        ],
        mend: byHand(
          commandLines.own("bootstrap", "--auth-mount", other),
          "It gives this cluster a path of its own and leaves the other's alone; keep --auth-mount (auth.mount in vault-k8s.yaml) in later commands.",
        ),
      };
    },
  },
  {
    code: "VD12",
    title: "What is mounted at the path is not the Kubernetes auth method",
    match: (evidence, commandLines) => {
      const type = valueOf(evidence.mount)?.type;
      if (type === undefined || type === "kubernetes") return undefined;
      const other = `${evidence.asked.mount}-${evidence.asked.cluster}`;
      return {
        sure: "certain",
        evidence: [`auth/${evidence.asked.mount} is a ${type} method`],
        mend: byHand(
          commandLines.own("bootstrap", "--auth-mount", other),
          "It uses another path and leaves that method alone; keep --auth-mount in later commands.",
        ),
      };
    },
  },
  {
    code: "VD13",
    title: "The auth method was never configured",
    match: (evidence, commandLines) =>
      hasMount(evidence) && isAbsent(evidence.config)
        ? {
            sure: "certain",
            evidence: [`auth/${evidence.asked.mount}/config is empty (404)`, ...saidBy(evidence)],
            mend: mountMend(evidence, commandLines, "auth", ...(isAbsent(evidence.role) ? (["role"] as const) : [])),
          }
        : undefined,
  },
  {
    code: "VD14",
    title: "The auth method has no reviewer token",
    match: (evidence, commandLines) => {
      const config = valueOf(evidence.config);
      const { givesToken } = evidence.asked.reviewer;
      if (
        !givesToken ||
        !hasMount(evidence) ||
        config?.hasReviewerToken !== false ||
        config.usesLocalToken ||
        bareLogin(evidence) === undefined
      )
        return undefined;
      return {
        sure: "certain",
        evidence: [
          "token_reviewer_jwt is not set, so Vault shows the API server the very token that logs in, which may not review",
          ...saidBy(evidence),
        ],
        mend: mountMend(evidence, commandLines, "auth"),
      };
    },
  },
];

/** What Vault said to the login. */
function saidBy(evidence: Evidence): string[] {
  const words = saidToLogin(evidence);
  return words === undefined ? [] : [`Vault says to the login: ${words}`];
}
