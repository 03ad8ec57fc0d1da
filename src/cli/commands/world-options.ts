import type { OpenOptions } from "../../run/world/open.ts";
import type { Systems } from "../../run/run.ts";
import { noticeLines, requestLines } from "../render/asides.ts";
import type { Call } from "./command.ts";
import type { Prepared } from "./prepare.ts";

type Given = Pick<Prepared, "spec" | "resolved" | "terminal">;

/** How the systems are reached from this process. */
export const systemsOf = ({ host }: Call, { resolved, terminal }: Pick<Given, "resolved" | "terminal">): Systems => ({
  env: host.env,
  cwd: host.cwd,
  signal: host.signal,
  terminal: terminal.interactive && !resolved.settings.noInput,
  caCertIsFallback: resolved.origins.caCert.kind === "env",
  print: (text) =>
    new Promise((resolve, reject) => host.streams.stdout.write(text, (error) => (error instanceof Error ? reject(error) : resolve()))),
});

/** What the world is opened with. With -v each request is told. */
export const worldOptions = (call: Call, prepared: Given): OpenOptions => ({
  ...systemsOf(call, prepared),
  onRequest: prepared.spec.run.verbose ? requestLines(prepared.terminal) : undefined,
  notice: noticeLines(prepared.terminal),
});
