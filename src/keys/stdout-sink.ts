import { probeDocument } from "./documents.ts";
import { SinkFailure, type Sink } from "./sink.ts";

/** Standard output: what is written there is gone. @param print Resolves when the text has left. */
export function stdoutSink(print: (text: string) => Promise<void>): Sink {
  const write = async (document: string, text: string): Promise<void> => {
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
