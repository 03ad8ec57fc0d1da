import { parseAst } from "rolldown/parseAst";

/** Stands where a text is filled in. */
const filled = "X";

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === "string";

/** Every text that a TypeScript file holds, with X for what is filled in; a command that is built for a context stands as it is printed. */
export function textsOf(source: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: Node): void => {
    if (node.type === "ImportDeclaration") return;
    const text = textOf(node);
    if (text !== undefined) found.push(text);
    for (const field of Object.values(node))
      for (const inner of Array.isArray(field) ? (field as unknown[]) : [field]) if (isNode(inner)) visit(inner);
  };
  visit(parseAst(source, { lang: "ts" }) as unknown as Node);
  return found;
}

function textOf(node: Node): string | undefined {
  if (node.type === "Literal") return typeof node["value"] === "string" ? node["value"] : undefined;
  if (node.type === "CallExpression") return calledText(node);
  if (node.type !== "TemplateLiteral") return undefined;
  const texts = (node["quasis"] as { value: { cooked: string } }[]).map(({ value }) => value.cooked);
  const between = node["expressions"] as Node[];
  return texts.map((text, at) => text + (between[at] === undefined ? "" : (textOf(between[at]) ?? filled))).join("");
}

/** kubectlIn(context) is how kubectl is named; kubectl(read, "get …") and kubectlAtVault(read, "get …") are whole commands. */
function calledText(node: Node): string | undefined {
  const { name } = node["callee"] as { name?: string };
  const [, args] = node["arguments"] as Node[];
  if (name === "helmAt") return `helm ${textOf(args!) ?? filled} --kube-context X`;
  if (name === "kubectlIn") return "kubectl --context X";
  if ((name === "kubectl" || name === "kubectlAtVault") && args !== undefined) return `kubectl --context X ${textOf(args) ?? filled}`;
  return undefined;
}

/** Commands that prose names, each as far as it is one: subcommand and flags, not the words that follow. */
export function commandsIn(text: string): readonly (readonly string[])[] {
  const starts = text.matchAll(/(?<![\w/.:'"-])(vault-k8s|kubectl|vault|helm) (?=[a-z-])([^\n]*)/g);
  return [...starts].map(([, name = "", rest = ""]) => [
    name,
    ...(rest.split(/ \(|[,;:)|&](?: |$)|\)[.;,]?$|[.;,]$|\.(?: |$)|[`"]| 2?> /)[0] ?? "").replace(/\)$/, "").split(" "),
  ]);
}
