import { byHand, bySteps, type Cause, type Mend } from "../../consumers/diagnosis/cause.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import { isAbsent, valueOf } from "../../core/fact.ts";
import { isIn, ownRead } from "../../consumers/diagnosis/look.ts";
import { mountMend } from "./mount.ts";

type CommandLines = Parameters<Cause["match"]>[1];

/** The login that the settings want works, and may not read below the prefix. */
function denied(evidence: Evidence): string | undefined {
  const read = ownRead(evidence, evidence.login);
  return isIn(evidence.login) && read?.kind === "denied" ? `Vault says to a read of ${read.path}: ${read.words}` : undefined;
}

const given = ({ login }: Evidence): readonly string[] => (login.result.kind === "in" ? login.result.policies : []);
/** The policy that the settings name, where the role gives it. */
const policyOf = (evidence: Evidence): string =>
  evidence.asked.policies.find((name) => given(evidence).includes(name)) ?? evidence.asked.policies[0] ?? "";
const textOf = (evidence: Evidence): string | undefined => valueOf(evidence.policies)?.[policyOf(evidence)];
const isGiven = (evidence: Evidence): boolean => evidence.asked.policies.some((name) => given(evidence).includes(name));
const isMissing = (evidence: Evidence): boolean => valueOf(evidence.policies) !== undefined && textOf(evidence) === undefined;

/** A policy that lost our mark is written by hand, with it: the step would refuse what is not ours. */
function policyMend(evidence: Evidence, commandLines: CommandLines): Mend {
  const text = textOf(evidence);
  const mark = valueOf(evidence.mark) ?? "";
  if (text === undefined || text.split("\n", 1)[0]?.includes(mark)) return bySteps(commandLines, "policy");
  const name = policyOf(evidence);
  return byHand(
    `printf '# ${mark}\\n' | vault policy write ${name} - && ${commandLines.steps("policy")}`,
    `Policy ${name} is not marked as made by vault-k8s: the first command replaces it by an empty one that is.`,
  );
}

/** The paths of a policy. HCL is not parsed: a path is what stands in quotes after the word. */
const pathsIn = (text: string): string[] =>
  [...text.replace(/^\s*#.*$/gm, "").matchAll(/\bpath\s+"([^"]+)"/g)].map(([, path = ""]) => path);

export const policy: readonly Cause[] = [
  {
    code: "VD60",
    title: "No engine is mounted where the secrets are",
    match: (evidence, commandLines) =>
      isAbsent(evidence.engine)
        ? { sure: "certain", evidence: [`sys/mounts has no ${evidence.asked.kvMount}/`], mend: bySteps(commandLines, "kv") }
        : undefined,
  },
  {
    code: "VD61",
    title: "The engine is KV version 1",
    match: (evidence) => {
      const engine = valueOf(evidence.engine);
      if (engine === undefined || (engine.type === "kv" && engine.version === "2")) return undefined;
      const { kvMount } = evidence.asked;
      if (engine.type !== "kv")
        return {
          sure: "certain",
          evidence: [`${kvMount}/ is a ${engine.type} engine`],
          mend: byHand("vault secrets list", "Name the KV version 2 engine with --kv-mount."),
        };
      return {
        sure: "certain",
        evidence: [`${kvMount}/ is KV version ${engine.version}: its paths have no data/, so policy and store miss them`],
        mend: byHand(
          `vault kv enable-versioning ${kvMount}`,
          "It upgrades the engine in place, with what is in it, and cannot be undone; who reads it as version 1 has to change. Another way: --kv-mount names another engine.",
        ),
      };
    },
  },
  {
    code: "VD62",
    title: "The role does not give the policy",
    match: (evidence, commandLines) => {
      const words = denied(evidence);
      if (words === undefined || isGiven(evidence)) return undefined;
      return {
        sure: "certain",
        evidence: [
          words,
          `the login got the policies ${given(evidence).join(", ") || "(none)"}; the settings say ${evidence.asked.policies.join(", ")}`,
        ],
        mend: mountMend(evidence, commandLines, "role"),
      };
    },
  },
  {
    code: "VD63",
    title: "The policy does not exist",
    match: (evidence, commandLines) => {
      const words = denied(evidence);
      if (words === undefined || !isGiven(evidence) || !isMissing(evidence)) return undefined;
      return {
        sure: "certain",
        evidence: [words, `the role gives ${policyOf(evidence)}, and there is no such policy`],
        mend: policyMend(evidence, commandLines),
      };
    },
  },
  {
    code: "VD64",
    title: "The policy's path has no data/",
    match: (evidence, commandLines) => {
      const [words, text] = [denied(evidence), textOf(evidence)];
      const { kvMount } = evidence.asked;
      const paths = pathsIn(text ?? "").filter((path) => path.startsWith(`${kvMount}/`));
      const plain = paths.filter(
        (path) => !/^[^/]+\/(data|metadata|subkeys|delete|undelete|destroy|config)(\/|$)/.test(path.replace(`${kvMount}/`, "kv/")),
      );
      if (words === undefined || plain.length === 0 || paths.some((path) => path.startsWith(`${kvMount}/data/`))) return undefined;
      return {
        sure: "certain",
        evidence: [words, `policy ${policyOf(evidence)} allows ${plain.join(", ")}; in KV version 2 values are at ${kvMount}/data/…`],
        mend: policyMend(evidence, commandLines),
      };
    },
  },
  {
    code: "VD65",
    title: "The policy does not allow the prefix",
    match: (evidence, commandLines) => {
      const [words, text] = [denied(evidence), textOf(evidence)];
      if (words === undefined || text === undefined || valueOf(evidence.engine)?.version === "1") return undefined;
      const paths = pathsIn(text);
      return {
        sure: "certain",
        evidence: [
          words,
          `policy ${policyOf(evidence)} has ${paths.join(", ") || "no path"}, and read has to be allowed on ${evidence.asked.kvMount}/data/${evidence.asked.kvPrefix}*`,
        ],
        mend: policyMend(evidence, commandLines),
      };
    },
  },
];
