import { readFileSync } from "node:fs";
import { Agent, request } from "undici";
import { pki } from "./node/certificates.ts";
import { API } from "./programs/program.ts";

export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly deletionTimestamp?: string;
  };
}

/** The few requests that the lab itself makes to its API server. */
export interface KubeClient {
  get<T>(path: string): Promise<T>;
  /** From the API server's cache: cheap enough to be asked all the time, and sometimes a moment late. */
  list<T>(path: string): Promise<T[]>;
  /** Creates an object unless it is there. */
  ensure(path: string, object: KubeObject): Promise<void>;
  merge(path: string, patch: object): Promise<void>;
}

type Answer = { status: number; body: unknown };

/** A client with the lab's own certificate; usable once the certificates are made. */
export function kubeClient(): KubeClient {
  const connect = { ca: read("ca.crt"), cert: read("lab.crt"), key: read("lab.key") };
  const dispatcher = new Agent({ connect });
  const send = (method: "GET" | "POST" | "PATCH", path: string, body?: object) => ask(dispatcher, method, path, body);
  const get = async <T>(path: string) => (await send("GET", path)).body as T;
  return {
    get,
    list: async <T>(path: string) => (await get<{ items: T[] }>(`${path}?resourceVersion=0`)).items,
    ensure: async (path, object) => void (await send("POST", path, object)),
    merge: async (path, patch) => void (await send("PATCH", path, patch)),
  };
}

async function ask(dispatcher: Agent, method: "GET" | "POST" | "PATCH", path: string, body?: object): Promise<Answer> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const answer = await request(`${API}${path}`, {
    dispatcher,
    method,
    headers: { "content-type": type },
    ...(body && { body: JSON.stringify(body) }),
    headersTimeout: 30_000,
  });
  const text = await answer.body.text();
  const there = method === "POST" && answer.statusCode === 409;
  if (answer.statusCode >= 300 && !there) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
  return { status: answer.statusCode, body: parse(text) };
}

function parse(text: string): unknown {
  return text.startsWith("{") ? JSON.parse(text) : text;
}

function read(file: string): Buffer {
  return readFileSync(pki(file));
}
