import { runCommand, type CommandCall } from "./run-command.ts";
import { SinkFailure, type Sink } from "./sink.ts";

export interface CommandSinkOptions extends Pick<CommandCall, "env" | "cwd" | "timeoutMs"> {
  readonly title: string;
  /** Gets the document on standard input. Undefined where keys are only read. */
  readonly write: string | undefined;
  /** Prints the document on standard output. */
  readonly read: string | undefined;
  /** Tells the command of which cluster, document and holder it is called for. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Commands of the user keep the documents, in a password manager or wherever they like. VAULT_K8S_DOCUMENT names the document; a reader
 * that ends with something else than 0, or prints nothing, does not have it.
 */
export function commandSink(options: CommandSinkOptions): Sink {
  const call = (command: string, document: string, input?: string) =>
    runCommand({ ...options, command, input, variables: { ...options.variables, VAULT_K8S_DOCUMENT: document } });
  const write = async (document: string, text: string): Promise<void> => {
    if (options.write === undefined) throw new SinkFailure("No --keys-command is named that could keep it.");
    const ended = await call(options.write, document, text);
    if (!ended.ok) throw new SinkFailure(ended.why);
  };
  const read = async (document: string): Promise<{ text?: string | undefined; why?: string }> => {
    if (options.read === undefined) return {};
    const ended = await call(options.read, document);
    if (!ended.ok) return { why: ended.why };
    return { text: ended.stdout.trim() === "" ? undefined : ended.stdout };
  };
  return {
    title: options.title,
    takesAnyName: true,
    unproven: options.read === undefined ? "no --keys-read-command is named to read it back" : undefined,
    has: async (document) => (options.read === undefined ? undefined : (await read(document)).text !== undefined),
    read: async (document) => {
      const { text, why } = await read(document);
      if (why !== undefined) throw new SinkFailure(why);
      return text;
    },
    add: write,
    replace: write,
    remove: () => Promise.resolve(),
  };
}
