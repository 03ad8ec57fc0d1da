import { CliError } from "../core/errors.ts";
import { kinds } from "../errors.ts";

/** What `ask` gives; where the user may not ask that of Kubernetes, what `otherwise` gives. */
export async function ifAllowed<T, O>(ask: () => Promise<T>, otherwise: () => O | Promise<O>): Promise<T | O> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CliError && error.kind === kinds.kubeForbidden) return await otherwise();
    throw error;
  }
}
