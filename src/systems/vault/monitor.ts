import { setTimeout as delay } from "node:timers/promises";
import { HttpFailure } from "../http/failure.ts";
import type { OpenAnswer } from "../http/stream.ts";
import { clean } from "../words.ts";
import type { LogAnswer, LogQuestion } from "../world.ts";
import type { VaultRoute } from "./server.ts";

/** How long a line may come after what caused it, in milliseconds; seen: within 20 ms. */
const lateMs = 2_000;
/** Lines that are kept of one watch. */
const most = 20;
const path = "sys/monitor?log_level=debug";

/**
 * Listens to the log of the active server while `during` runs. The stream is not forwarded by standbys. Documented at Vault's API docs,
 * /sys/monitor; a policy with `read` is enough.
 */
export async function watchLog(route: VaultRoute, headers: Readonly<Record<string, string>>, question: LogQuestion): Promise<LogAnswer> {
  const server = await route.server();
  const opened = await server.open({ method: "GET", path, headers }).catch((error: unknown) => {
    if (error instanceof HttpFailure) return error;
    throw error;
  });
  if (opened instanceof HttpFailure) return { kind: "not-heard", reason: opened.message };
  if (opened.status === 200) return { kind: "heard", lines: await listen(opened, question) };
  opened.close();
  return { kind: opened.status === 403 ? "denied" : "not-heard", reason: `sys/monitor answered ${opened.status}` };
}

async function listen(stream: OpenAnswer, { keep, during, hide }: LogQuestion): Promise<string[]> {
  const lines: string[] = [];
  const first = Promise.withResolvers<void>();
  const reading = gather(stream, (line) => {
    if (!line.includes(keep) || lines.length >= most) return;
    lines.push(clean(line, hide));
    first.resolve();
  });
  const waiting = new AbortController();
  try {
    await during();
    await Promise.race([first.promise, reading, delay(lateMs, undefined, { signal: waiting.signal }).catch(() => undefined)]);
    return lines;
  } finally {
    waiting.abort();
    stream.close();
  }
}

/** Puts the pieces of a stream together to lines. A stream that breaks has said what it said. */
async function gather(stream: OpenAnswer, on: (line: string) => void): Promise<void> {
  let rest = "";
  try {
    for await (const piece of stream.pieces) {
      const whole = (rest + piece).split("\n");
      rest = whole.pop() ?? "";
      whole.forEach(on);
    }
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
  }
}
