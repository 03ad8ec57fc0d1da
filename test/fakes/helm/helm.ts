import { chmod, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { failed, runCall } from "./commands.ts";
import { parseCall } from "./flags.ts";

/** A helm that runs: a program in a folder, whose work is done in the process of the test, so that it starts as fast as Node does. */
export class FakeHelm {
  readonly program: string;
  version = "v4.3.1";
  /** How long it waits for the API server. */
  timeoutMs = 2000;
  /** Calls that are being answered. */
  atWork = 0;
  /** Every command line, as it came. */
  readonly calls: string[][] = [];
  /** The environment of every call, to look for what should not stand in it. */
  readonly environments: string[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(folder: string) {
    this.program = join(folder, "helm");
    this.#server = createServer((socket) => this.#listen(socket));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    await writeFile(this.program, programText((this.#server.address() as AddressInfo).port));
    await chmod(this.program, 0o755);
    return this;
  }

  stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => void this.#server.close(() => resolve()));
  }

  #listen(socket: Socket): void {
    this.#sockets.add(socket);
    let said = "";
    socket
      .setEncoding("utf8")
      .on("error", () => undefined)
      .on("close", () => this.#sockets.delete(socket))
      .on("data", (piece: string) => {
        said += piece;
        if (said.endsWith("\nend of call\n")) void this.#answer(said).then((answer) => socket.end(answer));
      });
  }

  async #answer(said: string): Promise<string> {
    const [count = "0", ...lines] = said.split("\n");
    const args = lines.slice(0, Number(count));
    const rest = lines.slice(Number(count));
    const blank = rest.indexOf("");
    this.calls.push(args);
    const environment = rest.slice(0, blank).join("\n");
    this.environments.push(environment);
    const kubeconfig = /KUBECONFIG="(.*)"$/m.exec(environment)?.[1];
    this.atWork += 1;
    const { code, out, err } = await this.#run(args, rest.slice(blank + 1, -2).join("\n"), kubeconfig).finally(() => (this.atWork -= 1));
    const marked = (mark: string, text: string): string[] =>
      text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => mark + line);
    return [...marked("o", out), ...marked("e", err), code, ""].join("\n");
  }

  async #run(args: readonly string[], input: string, kubeconfig: string | undefined): Promise<{ code: number; out: string; err: string }> {
    try {
      return {
        code: 0,
        out: `${await runCall(parseCall(args), { version: this.version, timeoutMs: this.timeoutMs, input, kubeconfig })}\n`,
        err: "",
      };
    } catch (error) {
      return { code: 1, out: "", err: failed(error) };
    }
  }
}

/**
 * Hands its arguments, its environment and its input to the test, line by line, and prints what it is told: "o" before what goes to
 * standard output, "e" before errors, last the exit code. In bash, which starts ten times as fast as Node: helm is called often.
 */
const programText = (port: number): string =>
  String.raw`#!/usr/bin/env bash
exec 3<>/dev/tcp/127.0.0.1/${port}
input=""
for argument in "$@"; do [ "$argument" = "-" ] && input=$(cat); done
{ printf '%s\n' "$#" "$@"; export -p; printf '%s\n' "" "$input" "end of call"; } >&3
while IFS= read -r line <&3; do
  case "$line" in
    o*) printf '%s\n' "\${line:1}" ;;
    e*) printf '%s\n' "\${line:1}" >&2 ;;
    *) exit "$line" ;;
  esac
done
exit 1
`.replaceAll("\\$", "$");
