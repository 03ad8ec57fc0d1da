import { failure, kinds } from "../../errors.ts";

type Labels = Readonly<Record<string, string>>;
type Rule = (labels: Labels) => boolean;

/**
 * A label selector as kubectl takes it: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, with commas between them, all of which
 * have to hold. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 * @throws CliError VK1001 for a text that is none
 */
export function labelSelector(text: string): Rule {
  const rules = text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => ruleOf(part) ?? wrong(text));
  return (labels) => rules.every((rule) => rule(labels));
}

const key = String.raw`[A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?`;
const value = String.raw`[\w.-]*`;
const equal = new RegExp(`^(${key})\\s*(=|==|!=)\\s*(${value})$`);
const among = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([\\w.,\\s-]*)\\)$`);
const there = new RegExp(`^(!?)\\s*(${key})$`);

function ruleOf(part: string): Rule | undefined {
  const [, name = "", sign, wanted] = equal.exec(part) ?? [];
  if (sign !== undefined) return (labels) => (sign === "!=") !== (labels[name] === wanted);
  const [, of = "", how, list = ""] = among.exec(part) ?? [];
  const values = list.split(",").map((one) => one.trim());
  if (how === "in") return (labels) => labels[of] !== undefined && values.includes(labels[of]);
  if (how === "notin") return (labels) => labels[of] === undefined || !values.includes(labels[of]);
  const [, not, label] = there.exec(part) ?? [];
  return label === undefined ? undefined : (labels) => (not === "!") !== (labels[label] !== undefined);
}

function wrong(text: string): never {
  throw failure(kinds.usage, {
    what: `${JSON.stringify(text)} is no label selector`,
    fix: "Write it as kubectl takes it, such as env=prod,tier!=test.",
  });
}
