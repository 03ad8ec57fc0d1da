import { expect, test } from "vitest";
import { proxyFor, proxyName } from "../../../src/systems/http/proxy-for.ts";
import answers from "./tables/proxies.json" with { type: "json" };

const ports: Readonly<Record<string, string>> = { "http:": "80", "https:": "443", "socks5:": "1080", "socks5h:": "1080" };

/** A proxy as the table has it: scheme, host, port, and "user:password". */
function parts(proxy: URL | undefined): unknown {
  if (proxy === undefined) return null;
  const user = proxy.username === "" ? null : `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return [proxy.protocol.slice(0, -1), proxy.hostname.replace(/^\[|\]$/g, ""), proxy.port || ports[proxy.protocol], user];
}

test("every address gets the proxy that golang.org/x/net/http/httpproxy gives it", () => {
  const ours = answers.map(({ url, env }) => ({ url, env, proxy: parts(proxyFor(url, env)) }));
  expect(ours).toEqual(answers);
});

test("a proxy is named without its password", () => {
  const proxy = proxyFor("https://api.corp.test", { HTTPS_PROXY: "http://user:secret@proxy.test:3128" });
  expect(proxy && proxyName(proxy)).toBe("http://proxy.test:3128");
});
