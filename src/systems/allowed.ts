import { CliError, type ErrorKind } from "../core/errors.ts";
import { kinds } from "../errors.ts";

/** What `ask` gives; where the user may not ask that of Kubernetes, what `otherwise` gives. */
export const ifAllowed = <T, O>(ask: () => Promise<T>, otherwise: () => O | Promise<O>): Promise<T | O> =>
  unless([kinds.kubeForbidden], ask, otherwise);

/** The same, and where the kind is not served either. */
export const ifSeen = <T, O>(ask: () => Promise<T>, otherwise: () => O | Promise<O>): Promise<T | O> =>
  unless([kinds.kubeForbidden, kinds.notServed], ask, otherwise);

async function unless<T, O>(these: readonly ErrorKind[], ask: () => Promise<T>, otherwise: () => O | Promise<O>): Promise<T | O> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CliError && these.includes(error.kind)) return await otherwise();
    throw error;
  }
}
