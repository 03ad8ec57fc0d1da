/** A command line of helm, taken apart. */
export interface HelmCall {
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

const switches = new Set(["--all", "--install", "--create-namespace", "--reset-values", "--no-hooks", "--include-crds", "--is-upgrade"]);
const valued = new Set([
  "--namespace",
  "--kube-context",
  "--kubeconfig",
  "--repo",
  "--version",
  "--values",
  "--set",
  "--labels",
  "--filter",
  "--output",
  "--template",
  "--kube-version",
  "--api-versions",
]);

/** @throws Error with helm's words for a flag that the fake does not know: then the fake has to learn it. */
export function parseCall(args: readonly string[]): HelmCall {
  const words: string[] = [];
  const flags = new Map<string, string[]>();
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index]!;
    if (!arg.startsWith("--")) words.push(arg);
    else if (switches.has(arg)) flags.set(arg, []);
    else if (valued.has(arg)) flags.set(arg, [...(flags.get(arg) ?? []), args[++index] ?? ""]);
    else throw new Error(`unknown flag: ${arg}`);
  }
  return { words, flags };
}

export const one = ({ flags }: HelmCall, name: string): string | undefined => flags.get(name)?.at(-1);
