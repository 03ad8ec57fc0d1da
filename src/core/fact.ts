import { CliError, interruptedKind } from "./errors.ts";

/** What an answer says, or why there is none. An answer of undefined means: asked, and it is not there. */
export type Fact<T> = { readonly value: T } | NotKnown;

/** Not known is never none: nothing that rests on the answer goes. */
export interface NotKnown {
  /** Why, in words. */
  readonly unknown: string;
  /** What was thrown; left out where nobody asked. */
  readonly error?: CliError;
}

/** Asks; a failure that is the world's becomes a reason. Interrupts and bugs are thrown on. */
export async function fact<T>(ask: () => T | Promise<T>): Promise<Fact<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (!(error instanceof CliError) || error.kind === interruptedKind) throw error;
    return { unknown: error.words, error };
  }
}

export const notAsked = (why: string): NotKnown => ({ unknown: why });

/** Whether it was asked and answered. */
export const isKnown = <T>(one: Fact<T>): one is { readonly value: T } => "value" in one;

/** The answer; undefined where it is not there, or not known. */
export const valueOf = <T>(one: Fact<T>): T | undefined => (isKnown(one) ? one.value : undefined);

/** Asked, and not there. */
export const isAbsent = (one: Fact<unknown>): boolean => isKnown(one) && one.value === undefined;

/** The same on what is known. */
export async function ifKnown<A, B>(one: Fact<A>, ask: (value: A) => Promise<Fact<B>>): Promise<Fact<B>> {
  return isKnown(one) ? ask(one.value) : one;
}
