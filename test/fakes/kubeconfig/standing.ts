import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import https from "node:https";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TLSSocket } from "node:tls";
import { execa } from "execa";
import type { Input, Place } from "../../unit/systems/tables/kubeconfigs.ts";
import { httpProxy, socksProxy, type FakeProxy } from "../wire/proxy.ts";
import { Authority } from "../tls/certificates.ts";

/** An API server that says who asked, and runs an input through kubectl or through us. */
export interface Standing {
  readonly place: Place;
  /** What a run of `ask` had the server see; "refused" where nothing good came. */
  seen(input: Input, ask: (folder: string, env: Record<string, string>) => Promise<void>): Promise<string>;
  kubectl(program: string, input: Input): Promise<string>;
  close(): Promise<void>;
}

export async function standing(): Promise<Standing> {
  const authority = new Authority("cluster");
  const client = new Authority("clients").issue(["me"]);
  let last: string | undefined;
  const server = https.createServer(
    { ...authority.issue(["127.0.0.1", "kubernetes.default.svc", "api.corp.test"]), requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      last = told(request);
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ gitVersion: "v1.34.4" }));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const proxies = [httpProxy({ "api.corp.test:16443": port }), socksProxy({ "api.corp.test:16443": port })] as const;
  for (const proxy of proxies) await new Promise<void>((resolve) => void proxy.server.listen(0, "127.0.0.1", resolve));
  const at = (proxy: FakeProxy): string => `127.0.0.1:${(proxy.server.address() as AddressInfo).port}`;
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const place = {
    server: `https://127.0.0.1:${port}`,
    proxy: at(proxies[0]),
    socks: at(proxies[1]),
    ca: base64(authority.ca),
    certificate: base64(client.cert),
    key: base64(client.key),
  };
  const beside = { "ca.pem": authority.ca, "client.pem": client.cert, "client.key": client.key, token: "from-file\n" };

  const seen: Standing["seen"] = async (input, ask) => {
    const folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
    for (const [name, content] of Object.entries({ ...beside, ...input.files })) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    const env = { KUBECONFIG: "DIR/config", ...input.env };
    if (env.KUBECONFIG === "")
      await mkdir(join(folder, ".kube")).then(() => writeFile(join(folder, ".kube/config"), input.files["config"] ?? ""));
    last = undefined;
    for (const { asked } of proxies) asked.length = 0;
    try {
      await ask(folder, { PATH: process.env["PATH"] ?? "", HOME: folder, ...env, KUBECONFIG: env.KUBECONFIG.replaceAll("DIR", folder) });
      const by = proxies.flatMap(({ asked }) => asked.map((one) => ` · by ${one.replace(String(port), "PORT")}`));
      return `${last ?? "refused"}${by.join("")}`.replaceAll(place.server, "SERVER").replaceAll(place.ca, "CA");
    } catch {
      return "refused";
    } finally {
      await rm(folder, { recursive: true });
    }
  };
  return {
    place,
    seen,
    kubectl: (program, input) =>
      seen(input, async (cwd, env) => {
        const args = [
          "get",
          "--raw",
          "/version",
          "--request-timeout=5s",
          ...(input.context === undefined ? [] : ["--context", input.context]),
        ];
        const ended = await execa(program, args, { cwd, env, extendEnv: false, stdin: "ignore", reject: false });
        if (ended.failed) throw new Error("refused");
      }),
    close: async () => {
      server.closeAllConnections();
      for (const proxy of proxies) proxy.server.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Where a request came, and as whom. */
function told({ url, headers, rawHeaders, socket }: IncomingMessage): string {
  const { subject } = (socket as TLSSocket).getPeerCertificate();
  const pairs = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 && /^impersonate-/i.test(name) ? [`${name.toLowerCase()}=${rawHeaders[at + 1]}`] : [],
  );
  const name = (socket as TLSSocket & { servername?: string | false }).servername;
  const parts = [
    url?.replace("?timeout=5s", ""),
    described(headers.authorization),
    ...pairs.sort(),
    subject === undefined ? "" : `certificate ${String(subject.CN)}`,
    name ? `name ${name}` : "",
  ];
  return parts.filter((part) => part !== "" && part !== undefined).join(" · ");
}

/** What a plugin was told comes back as base64. */
function described(authorization: string | undefined): string | undefined {
  const info = Buffer.from(authorization?.replace("Bearer ", "") ?? "", "base64").toString("utf8");
  return info.startsWith("{") ? JSON.stringify(sorted(JSON.parse(info))) : authorization;
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([key, of]) => [key, sorted(of)]),
  );
}
