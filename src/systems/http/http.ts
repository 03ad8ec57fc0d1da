import type { Agent } from "node:http";
import axios, { type AxiosRequestConfig, type AxiosResponse } from "axios";
import { boundedJson } from "./bounded-json.ts";
import { failureOf } from "./failure.ts";

/** The largest body that is read or sent: Vault's own limit, https://developer.hashicorp.com/vault/api-docs. */
const largestBody = 32 * 1024 * 1024;

/** What is a list is sent as one header for each value. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: HttpHeaders;
  readonly body?: string | undefined;
  /** Keeps connections alive between requests; its owner ends them. */
  readonly agent: Agent;
  /** For the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as JSON; undefined when it is not JSON, or more than an honest server sends. */
  readonly json: unknown;
}

/** Told of each request before it is sent: its method, and its address without the query. */
export type OnRequest = (method: string, target: string) => void;

/**
 * One HTTP exchange. Any status is an answer, redirects too: none is followed.
 * @throws HttpFailure when there is no answer; it holds nothing of the request.
 */
export async function exchange(request: HttpRequest): Promise<HttpAnswer> {
  const answer = await inTime(request);
  const body = typeof answer.data === "string" ? answer.data : "";
  return { status: answer.status, headers: plainHeaders(answer.headers), body, json: boundedJson(body) };
}

/** The timer holds the process: whatever happens to the connection, a run ends with words and never because nothing is left to wait for. */
async function inTime(request: HttpRequest): Promise<AxiosResponse<string>> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), request.timeoutMs);
  const signal = request.signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, request.signal]);
  try {
    return await axios.request<string>({ ...requestConfig(request), signal });
  } catch (error) {
    throw failureOf(error, { timedOut: deadline.signal.aborted });
  } finally {
    clearTimeout(timer);
  }
}

/** A request as axios takes it: nothing followed, nothing changed, every status an answer. */
export function requestConfig({ method, url, headers, body, agent, timeoutMs }: HttpRequest): AxiosRequestConfig<string> {
  return {
    adapter: "http",
    method,
    url,
    headers: asGo({ "User-Agent": "vault-k8s", Accept: "application/json", ...headers }),
    httpAgent: agent,
    httpsAgent: agent,
    maxRedirects: 0,
    timeout: timeoutMs,
    maxContentLength: largestBody,
    maxBodyLength: largestBody,
    responseType: "text",
    transformRequest: asItIs,
    transformResponse: asItIs,
    validateStatus: () => true,
    ...(body === undefined ? {} : { data: body }),
    // The agent goes through it where there is one: axios would also look at ALL_PROXY, npm's variables, and not as Go does.
    proxy: false,
  };
}

/** Values as Go programs send them: the bytes of UTF-8. axios would leave out what is not Latin-1: acting as Ωmega would act as mega. */
const asGo = (headers: HttpHeaders): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? bytesOf(value) : value.map((one) => bytesOf(one))]),
  );

const bytesOf = (value: string): string => Buffer.from(value, "utf8").toString("latin1");

const asItIs = (data: unknown): unknown => data;

function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
