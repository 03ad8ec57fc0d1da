import { probeDocument } from "./documents.ts";
import { SinkFailure, type Sink } from "./sink.ts";

/** How keys leave through standard output; resolves when the text has left. Undefined where a run has none. */
export type Print = ((text: string) => Promise<void>) | undefined;

/** Standard output: what is written there is gone. */
export function stdoutSink(print: Print): Sink {
  const write = async (document: string, text: string): Promise<void> => {
    if (print === undefined) throw new SinkFailure("This run has no standard output.");
    if (document === probeDocument) return;
    await print(text).catch((error: NodeJS.ErrnoException) => {
      throw new SinkFailure(`Writing there ends with ${error.code ?? "an error"}.`);
    });
  };
  return {
    title: "standard output",
    unproven: "what is printed cannot be read back",
    warning: "the keys are printed on standard output: a log or a scrollback may keep them",
    has: () => Promise.resolve(undefined),
    read: () => Promise.resolve(undefined),
    add: write,
    replace: write,
    remove: () => Promise.resolve(),
  };
}
