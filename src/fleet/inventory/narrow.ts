import { fits } from "./glob.ts";
import { labelSelector } from "./selector.ts";

/** What of a fleet is meant: names in Vault or what sources call clusters, with `*`, and labels. */
export interface Narrow {
  readonly only: readonly string[];
  readonly except: readonly string[];
  readonly selector: string | undefined;
}

export const isNarrow = ({ only, except, selector }: Narrow): boolean => only.length + except.length > 0 || selector !== undefined;

interface Narrowed {
  readonly name: string | undefined;
  readonly called: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** @throws CliError VK1001 for a selector that is none */
export function meant({ only, except, selector }: Narrow): (one: Narrowed) => boolean {
  const hasLabels = labelSelector(selector ?? "");
  return ({ name, called, labels }) => {
    const isNamed = (patterns: readonly string[]): boolean =>
      patterns.some((pattern) => [name ?? "", called].some((one) => fits(pattern, one)));
    return (only.length === 0 || isNamed(only)) && !isNamed(except) && hasLabels(labels);
  };
}
