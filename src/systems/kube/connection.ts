import { readFile } from "node:fs/promises";
import type { Agent } from "node:http";
import type { AgentOptions, RequestOptions } from "node:https";
import { setImmediate as turn } from "node:timers/promises";
import type { Cluster, KubeConfig, User } from "@kubernetes/client-node";
import { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import { checkIdentity } from "../http/identity.ts";
import { checked, dialInTime } from "../http/agent.ts";
import type { HttpHeaders } from "../http/http.ts";
import { goThrough } from "../http/proxy-agent.ts";
import { systemTrust, type SystemTrust } from "../http/system-trust.ts";
import { clean } from "../words.ts";
import { clusterProxy } from "./cluster-proxy.ts";
import { isHeld, type ChosenContext } from "./context.ts";
import { ExecFailure, execCredentials, type ExecOptions } from "./exec-plugin.ts";
import { impersonation } from "./impersonation.ts";
import type { UserEntry } from "./kubeconfig-shape.ts";
import { kubectlIn } from "../kubectl.ts";

/** What client-node makes of a context: credentials, TLS and proxy. */
export interface KubeConnection {
  /** For client-node's own WebSockets. */
  readonly config: KubeConfig;
  /** Headers and agent for one request; runs an exec plugin when its token has expired. Throws VK1101, VK1104. */
  prepare(): Promise<{ readonly headers: HttpHeaders; readonly agent: Agent }>;
}

/** Hands a context to client-node, which is imported only here, since that takes most of a second. */
export async function connect(chosen: ChosenContext, options: ExecOptions): Promise<KubeConnection> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  useExecPlugin(config, chosen, options);
  config.loadFromClusterAndUser(clusterOf(chosen), userOf(chosen));
  const proxy = clusterProxy(chosen, options.env);
  const trusts = saysWhom(chosen) ? undefined : systemTrust(options.env);
  const apply = config.applyToHTTPSOptions.bind(config);
  const asSomebody = impersonation(chosen);
  config.applyToHTTPSOptions = async (request) => {
    // Who asks because an answer came finds its connection idle a turn later, and needs no new one.
    await turn();
    // insecure-skip-tls-verify alone turns it off again.
    Object.assign(request, checked);
    await apply(request);
    const token = await bearer(chosen);
    if (token !== undefined) request.headers = { ...request.headers, Authorization: `Bearer ${token}` } as typeof request.headers;
    request.agent = kept(request.agent as Agent, proxy, trusts);
    request.headers = { ...request.headers, ...asSomebody } as NonNullable<RequestOptions["headers"]>;
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

/** Where the kubeconfig does not say who certifies the server, those count whom this machine trusts. */
const saysWhom = ({ cluster }: ChosenContext): boolean =>
  cluster.server.startsWith("http:") ||
  cluster["insecure-skip-tls-verify"] === true ||
  cluster["certificate-authority"] !== undefined ||
  cluster["certificate-authority-data"] !== undefined;

async function prepare(config: KubeConfig, chosen: ChosenContext): Promise<{ headers: HttpHeaders; agent: Agent }> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options).catch((error: unknown) => {
    throw error instanceof CliError ? error : credentialsFailed(error, chosen);
  });
  const basic = typeof options.auth === "string" ? { Authorization: `Basic ${Buffer.from(options.auth).toString("base64")}` } : {};
  return { headers: { ...(options.headers as HttpHeaders | undefined), ...basic }, agent: options.agent as Agent };
}

/** client-node's own way to run a plugin has no limits of time and size, and leaves it running. */
function useExecPlugin(config: KubeConfig, chosen: ChosenContext, options: ExecOptions): void {
  const { user, cluster } = chosen;
  if (user?.exec == null || hasOwnCredentials(user)) return;
  const credentials = execCredentials(user.exec, cluster, optionsFor(chosen, options));
  config.addAuthenticator({
    isAuthProvider: () => true,
    applyAuthentication: async (_, opts) => {
      const { token, clientCertificateData, clientKeyData } = await credentials();
      if (clientCertificateData !== undefined) opts.cert = clientCertificateData;
      if (clientKeyData !== undefined) opts.key = clientKeyData;
      if (token !== undefined) opts.headers = { ...opts.headers, Authorization: `Bearer ${token}` };
    },
  });
}

/** What came out of an object gets only the environment that was allowed, and asks nobody. */
const optionsFor = (chosen: ChosenContext, options: ExecOptions): ExecOptions =>
  isHeld(chosen) ? { ...options, env: chosen.pluginEnv, terminal: false } : options;

/** Where there are other credentials, client-go does not run the plugin. */
const hasOwnCredentials = (user: UserEntry): boolean =>
  ["token", "tokenFile", "username", "client-certificate", "client-certificate-data"].some(
    (name) => user[name as keyof UserEntry] !== undefined,
  );

const seen = new WeakSet<Agent>();

const names = { checkServerIdentity: checkIdentity };

/**
 * client-node uses one agent for all requests, but an agent that opens a connection for each of them, and looks at no proxy of the
 * environment. This makes the agent keep its connections, go through a proxy, take any certificate of the CA bundle as an anchor, and look at the
 * alternative names alone, as Go does.
 */
function kept(agent: Agent, proxy: URL | undefined, trusts: SystemTrust | undefined): Agent {
  if (seen.has(agent)) return agent;
  seen.add(agent);
  const open = agent as Agent & {
    keepAlive: boolean;
    options: AgentOptions;
  };
  open.keepAlive = true;
  const { ca, secureContext } = trusts ?? {};
  const whom = open.options.cert === undefined ? { secureContext } : { ca };
  Object.assign(
    open.options,
    { keepAlive: true, timeout: 20_000, allowPartialTrustChain: true, ...names },
    trusts === undefined ? {} : whom,
  );
  return proxy === undefined ? dialInTime(agent) : goThrough(agent, proxy);
}

/** client-node refuses a server at http:// unless skipTLSVerify is set, though there is no certificate that could be skipped. */
function clusterOf({ clusterName, cluster }: ChosenContext): Cluster {
  const ca = cluster["certificate-authority-data"];
  const caFile = cluster["certificate-authority"];
  return {
    name: clusterName,
    server: cluster.server.replace(/\/+$/, ""),
    skipTLSVerify: cluster["insecure-skip-tls-verify"] === true || cluster.server.startsWith("http:"),
    ...(ca !== undefined ? { caData: ca } : caFile !== undefined ? { caFile } : {}),
    ...(cluster["tls-server-name"] === undefined ? {} : { tlsServerName: cluster["tls-server-name"] }),
  };
}

/** Data or a file: kubectl refuses both. The token of a file is read by us. */
function userOf({ user }: ChosenContext): User {
  const fields = {
    certData: user?.["client-certificate-data"],
    keyData: user?.["client-key-data"],
    certFile: user?.["client-certificate"],
    keyFile: user?.["client-key"],
    username: user?.username,
    password: user?.username === undefined ? undefined : (user.password ?? ""),
    authProvider: user?.["auth-provider"] ?? undefined,
  };
  // A key alone is no certificate.
  const hasCertificate = fields.certData !== undefined || fields.certFile !== undefined;
  const known = Object.entries(fields).filter(([name, value]) => value !== undefined && (hasCertificate || !name.startsWith("key")));
  return { name: "user", ...Object.fromEntries(known) };
}

/**
 * The bearer token, which is read again each time: that of the token file, else the other one, as client-go has it. Undefined where there is none.
 * @throws the file's own error where there is no other.
 */
async function bearer({ user }: ChosenContext): Promise<string | undefined> {
  if (user?.tokenFile === undefined) return user?.token;
  const read = await readFile(user.tokenFile, "utf8").catch((error: unknown) => {
    if (user.token === undefined) throw error;
    return "";
  });
  return read.trim() || user.token;
}

function credentialsFailed(error: unknown, { name, user }: ChosenContext): Error {
  if (error instanceof ExecFailure) return pluginFailed(error, name, user);
  const { code = "", path = "", message = "" } = error as NodeJS.ErrnoException;
  return failure(kinds.kubeconfig, {
    what: `The credentials of context ${name} cannot be used`,
    why: path === "" ? clean(message) : `${path} cannot be read (${code}).`,
    fix: "Mend the kubeconfig, or choose another --context.",
  });
}

function pluginFailed({ reason, message }: ExecFailure, name: string, user: UserEntry | undefined): Error {
  const did = {
    missing: "was not found",
    late: "did not end in time, and was killed",
    "no-terminal": "cannot ask anybody",
    aborted: "was interrupted",
    "too-much": "failed",
    failed: "failed",
    garbage: "failed",
  }[reason];
  if (reason === "aborted")
    return failure(kinds.interrupted, {
      what: `Interrupted while ${user?.exec?.command} was asked for the credentials of context ${name}`,
      fix: "Run the same command again: it goes on where it stopped.",
    });
  const hint = reason === "missing" ? clean(user?.exec?.installHint ?? "") : "";
  return failure(kinds.kubeUnauthenticated, {
    what: `${user?.exec?.command ?? "A program"}, which gives the credentials of context ${name}, ${did}`,
    why: clean(message) || undefined,
    fix: hint || `Try: ${kubectlIn(name)} get namespaces`,
  });
}
