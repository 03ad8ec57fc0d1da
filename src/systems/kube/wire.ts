import type { HttpAnswer, HttpRequest, OnRequest } from "../http/http.ts";
import { exchange } from "../http/http.ts";
import { openExchange, type OpenAnswer } from "../http/stream.ts";
import { HttpFailure } from "../http/failure.ts";
import { untilAnswered, type Patience } from "../http/patience.ts";
import { proxyName } from "../http/proxy-for.ts";
import type { KubeObject } from "../world.ts";
import { clusterProxy } from "./cluster-proxy.ts";
import { connect, type KubeConnection } from "./connection.ts";
import type { ChosenContext } from "./context.ts";
import type { ExecOptions } from "./exec-plugin.ts";
import { refused, unreachable, type KubeAct, type KubePlace } from "./failures.ts";
import { statusOf, webhookFails } from "./status.ts";

export interface KubeRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly type?: string;
  /** A webhook that fails is not waited for. */
  readonly atOnce?: boolean;
  /** A conflict is an answer, and is not waited out: the same version would meet it again. */
  readonly conflictAtOnce?: boolean;
  /** Sent although the run was interrupted: it takes away what must not stay. */
  readonly always?: boolean;
}

/** Carries requests to one API server. */
export interface KubeWire extends KubePlace {
  /** The proxy that is gone through, with what lets us in there. */
  readonly through: URL | undefined;
  /** Any answer is returned, after transient ones were waited out. Throws VK1101, VK1103, VK1104, VK1111. */
  send(act: KubeAct, request: KubeRequest): Promise<HttpAnswer>;
  /** The same for an answer that goes on, such as a watch, whose head comes within `headMs`; nothing is waited out. Throws HttpFailure, VK1101, VK1104. */
  open(request: KubeRequest, headMs: number): Promise<OpenAnswer>;
  /** The object in a good answer; throws what another answer means. */
  object(act: KubeAct, answer: HttpAnswer): KubeObject;
  /** client-node's view of the context, for port-forwards. */
  connection(): Promise<KubeConnection>;
  /** Does work that `close` waits for, though nobody else may: it takes away at its end what it made. */
  whole<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface WireOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly onRequest?: OnRequest | undefined;
  /** For the whole of one exchange, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly patience?: Partial<Patience> | undefined;
  /** How long an exec plugin may take, in milliseconds. */
  readonly pluginMs?: number | undefined;
  /** Whether a person sits at a terminal, whom an exec plugin may ask. */
  readonly terminal?: boolean | undefined;
  /** Told at once what an exec plugin says that has no terminal. */
  readonly notice?: ((words: string) => void) | undefined;
}

/** A webhook that was just installed may take this long to serve, in milliseconds. */
const webhookMs = 60_000;

/** A wire to the API server of a context. Nothing is imported or sent before the first request. */
export function kubeWire(chosen: ChosenContext, options: WireOptions): KubeWire {
  const place = { context: chosen.name, server: chosen.cluster.server.replace(/\/+$/, ""), ...throughProxy(chosen, options.env) };
  let opened: Promise<KubeConnection> | undefined;
  let agents = new Set<{ destroy(): void }>();
  const toEnd = new Set<Promise<unknown>>();
  const connection = () => (opened ??= connect(chosen, pluginOptions(options)));

  async function prepared(request: KubeRequest): Promise<HttpRequest> {
    const { headers, agent } = await (await connection()).prepare();
    agents.add(agent);
    const url = new URL(place.server + request.path);
    options.onRequest?.(request.method, url.href);
    for (const [name, value] of Object.entries(request.query ?? {}))
      if (value !== undefined && value !== "") url.searchParams.set(name, value);
    const body = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
    const type = request.body === undefined ? {} : { "Content-Type": request.type ?? "application/json" };
    return {
      method: request.method,
      url: url.href,
      headers: { ...headers, ...type },
      ...body,
      agent,
      timeoutMs: options.timeoutMs ?? 30_000,
      signal: request.always === true ? undefined : options.signal,
    };
  }

  const once = async (request: KubeRequest): Promise<HttpAnswer> => exchange(await prepared(request));

  /** A kept connection may have been closed by the server just now, and a plugin's token may have been revoked: both are tried once more. */
  async function twice(request: KubeRequest): Promise<HttpAnswer> {
    const answer = await once(request).catch((error: unknown) => {
      if (error instanceof HttpFailure && error.reason === "lost" && request.method === "GET") return once(request);
      throw error;
    });
    if (answer.status !== 401 || chosen.user?.exec == null) return answer;
    opened = undefined;
    return once(request);
  }

  return {
    ...place,
    through: clusterProxy(chosen, options.env),
    connection,
    async send(act, request) {
      try {
        return await untilAnswered(
          () => twice(request),
          (answer) => (isAnswerTo(request, answer) ? 0 : patienceWith(answer)),
          { signal: request.always === true ? undefined : options.signal, ...options.patience },
        );
      } catch (error) {
        if (error instanceof HttpFailure) throw unreachable(place, error);
        throw error;
      }
    },
    open: async (request, timeoutMs) => openExchange({ ...(await prepared(request)), timeoutMs }),
    object(act, answer) {
      if (answer.status < 200 || answer.status > 299) throw refused(act, place, answer);
      if (answer.json === null || typeof answer.json !== "object") throw refused(act, place, answer);
      return answer.json as KubeObject;
    },
    whole(work) {
      const done = work().finally(() => toEnd.delete(done));
      toEnd.add(done);
      return done;
    },
    async close() {
      await Promise.allSettled(toEnd);
      for (const agent of agents) agent.destroy();
      agents = new Set();
    },
  };
}

const pluginOptions = ({ env, signal, pluginMs, terminal = false, notice = () => undefined }: WireOptions): ExecOptions => ({
  env,
  signal,
  terminal,
  say: notice,
  timeoutMs: pluginMs,
});

/** The proxy, for errors. */
function throughProxy(chosen: ChosenContext, env: NodeJS.ProcessEnv): Pick<KubePlace, "proxy"> {
  const proxy = clusterProxy(chosen, env);
  return proxy === undefined ? {} : { proxy: proxyName(proxy) };
}

const isAnswerTo = ({ atOnce = false, conflictAtOnce = false }: KubeRequest, answer: HttpAnswer): boolean =>
  (atOnce && webhookFails(answer)) || (conflictAtOnce && answer.status === 409);

/** How long an answer is worth asking again, in milliseconds: a webhook that starts, an API server that is busy. */
function patienceWith(answer: HttpAnswer): number {
  if (webhookFails(answer)) return webhookMs;
  if (answer.status === 429 || answer.status === 503 || answer.status === 504) return 15_000;
  const conflict = answer.status === 409 && statusOf(answer)?.reason === "Conflict" && statusOf(answer)?.details?.causes === undefined;
  return conflict ? 5_000 : 0;
}
