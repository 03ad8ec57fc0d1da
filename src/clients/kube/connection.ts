import type { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import type { Cluster, KubeConfig, User } from "@kubernetes/client-node";
import { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import { dialInTime } from "../agent.ts";
import { clean } from "../words.ts";
import type { ChosenContext } from "./context.ts";
import { execWith } from "./exec-plugin.ts";
import type { UserEntry } from "./kubeconfig-shape.ts";

const pluginMs = 60_000;

/** What client-node makes of a context: credentials, TLS and proxy. */
export interface KubeConnection {
  /** For client-node's own WebSockets. */
  readonly config: KubeConfig;
  /** Headers and agent for one request; runs an exec plugin when its token has expired. Throws VK1101, VK1104. */
  prepare(): Promise<{ readonly headers: Record<string, string>; readonly agent: Agent }>;
}

/** Hands a context to client-node, which is imported only here, since that takes most of a second. */
export async function connect(chosen: ChosenContext, env: NodeJS.ProcessEnv): Promise<KubeConnection> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromClusterAndUser(clusterOf(chosen), userOf(chosen, env));
  const apply = config.applyToHTTPSOptions.bind(config);
  const groups = chosen.user?.["as-groups"] ?? [];
  config.applyToHTTPSOptions = async (options) => {
    await apply(options);
    if (groups.length > 0) options.headers = { ...options.headers, "Impersonate-Group": [...groups] };
  };
  let running: ReturnType<KubeConnection["prepare"]> | undefined;
  // Requests that begin together share one run of an exec plugin.
  return {
    config,
    prepare: () =>
      (running ??= prepare(config, chosen).finally(() => {
        running = undefined;
      })),
  };
}

async function prepare(config: KubeConfig, chosen: ChosenContext): Promise<{ headers: Record<string, string>; agent: Agent }> {
  const options: RequestOptions = {};
  await Promise.race([config.applyToHTTPSOptions(options), tooLate(chosen)]).catch((error: unknown) => {
    throw error instanceof CliError ? error : credentialsFailed(error, chosen);
  });
  const headers = Object.fromEntries(Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value)]));
  if (typeof options.auth === "string") headers["Authorization"] = `Basic ${Buffer.from(options.auth).toString("base64")}`;
  return { headers, agent: kept(options.agent as Agent) };
}

/** An exec plugin may wait for somebody to type, who is not there. */
async function tooLate({ name, user }: ChosenContext): Promise<never> {
  await delay(pluginMs, undefined, { ref: false });
  throw failure(kinds.kubeUnauthenticated, {
    what: `${user?.exec?.command ?? "The kubeconfig"} gave no credentials of context ${name} within ${pluginMs / 1000} s`,
    fix: `Try: kubectl --context ${name} get namespaces`,
  });
}

const seen = new WeakSet<Agent>();

/** client-node keeps its agent for all requests, but not the connections: this makes it so. */
function kept(agent: Agent): Agent {
  if (seen.has(agent)) return agent;
  seen.add(agent);
  const open = agent as Agent & {
    keepAlive: boolean;
    options: { keepAlive?: boolean; timeout?: number; allowPartialTrustChain?: boolean };
  };
  open.keepAlive = true;
  Object.assign(open.options, { keepAlive: true, timeout: 20_000, allowPartialTrustChain: true });
  return dialInTime(agent);
}

/** Plain http has no certificate to skip: client-node wants the word all the same. */
function clusterOf({ clusterName, cluster }: ChosenContext): Cluster {
  const ca = cluster["certificate-authority-data"];
  const caFile = cluster["certificate-authority"];
  return {
    name: clusterName,
    server: cluster.server.replace(/\/+$/, ""),
    skipTLSVerify: cluster["insecure-skip-tls-verify"] === true || cluster.server.startsWith("http:"),
    ...(ca !== undefined ? { caData: ca } : caFile !== undefined ? { caFile } : {}),
    ...(cluster["tls-server-name"] === undefined ? {} : { tlsServerName: cluster["tls-server-name"] }),
    ...(cluster["proxy-url"] === undefined ? {} : { proxyUrl: cluster["proxy-url"] }),
  };
}

/** A token wins over a token file, data wins over files, as in client-go. */
function userOf({ user = {} as UserEntry, cluster }: ChosenContext, env: NodeJS.ProcessEnv): User {
  const provider =
    user["auth-provider"] ??
    (user.token === undefined && user.tokenFile !== undefined ? { name: "tokenFile", config: { tokenFile: user.tokenFile } } : undefined);
  const fields = {
    certData: user["client-certificate-data"],
    keyData: user["client-key-data"],
    certFile: user["client-certificate-data"] === undefined ? user["client-certificate"] : undefined,
    keyFile: user["client-key-data"] === undefined ? user["client-key"] : undefined,
    token: user.token,
    username: user.username,
    password: user.password,
    impersonateUser: user.as,
    exec: user.exec ? execWith(user.exec, cluster, env) : undefined,
    authProvider: provider,
  };
  return { name: "user", ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) };
}

function credentialsFailed(error: unknown, { name, user }: ChosenContext): Error {
  const { code = "", path = "", message = "" } = error as NodeJS.ErrnoException;
  const command = user?.exec?.command;
  if (command === undefined) {
    return failure(kinds.kubeconfig, {
      what: `The credentials of context ${name} cannot be used`,
      why: path === "" ? clean(message) : `${path} cannot be read (${code}).`,
      fix: "Mend the kubeconfig, or choose another --context.",
    });
  }
  const gone = code === "ENOENT";
  return failure(kinds.kubeUnauthenticated, {
    what: `${command}, which gives the credentials of context ${name}, ${gone ? "was not found" : "failed"}`,
    why: gone ? undefined : saidBy(error),
    fix: (gone ? clean(user?.exec?.installHint ?? "") : "") || `Try: kubectl --context ${name} get namespaces`,
  });
}

/** What the plugin wrote to its standard error; when it printed no credential, the parser's message would show what it printed. */
const saidBy = (error: unknown): string =>
  error instanceof SyntaxError ? "It did not print an ExecCredential." : clean(error instanceof Error ? error.message : "");
