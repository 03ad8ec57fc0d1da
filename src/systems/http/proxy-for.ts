import { domainToASCII } from "node:url";
import { noProxyFor, type Target } from "./no-proxy.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const schemes: Readonly<Record<string, { readonly variables: readonly string[]; readonly port: string }>> = {
  http: { variables: ["HTTP_PROXY", "http_proxy"], port: "80" },
  https: { variables: ["HTTPS_PROXY", "https_proxy"], port: "443" },
};

/**
 * The proxy through which an address is reached, by the rules of Go programs such as kubectl, helm and vault: HTTPS_PROXY or HTTP_PROXY by the
 * scheme of the address, unless NO_PROXY names its host; each in either case, capitals first. What is loopback is always reached directly.
 * ALL_PROXY counts for nothing. https://pkg.go.dev/golang.org/x/net/http/httpproxy
 * @returns undefined where there is none, or where what the variable says is no address of one.
 */
export function proxyFor(address: string | URL, env: Environment): URL | undefined {
  const target = targetOf(String(address));
  if (target === undefined) return undefined;
  const proxy = proxyAddress(said(env, schemes[target.scheme]?.variables ?? []));
  return proxy === undefined || noProxyFor(target, said(env, ["NO_PROXY", "no_proxy"])) ? undefined : proxy;
}

const said = (env: Environment, names: readonly string[]): string =>
  names.map((name) => env[name] ?? "").find((value) => value !== "") ?? "";

/** URL would write capitals small, and take 127.1 for an address: Go does neither. */
function targetOf(address: string): (Target & { readonly scheme: string }) | undefined {
  const found = /^(https?):\/\/(?:[^@/?#]*@)?(?:\[([^\]]*)\]|([^:/?#]*))(?::(\d*))?(?:[/?#]|$)/i.exec(address);
  if (found === null) return undefined;
  const [, scheme = "", literal, name = "", port = ""] = found;
  const key = scheme.toLowerCase();
  const host = literal ?? (/^[\x20-\x7e]*$/.test(name) ? name : domainToASCII(name));
  return { scheme: key, host, port: port === "" ? (schemes[key]?.port ?? "") : port };
}

/** What has no scheme is the address of an http proxy. Undefined for what is none. */
export function proxyAddress(text: string): URL | undefined {
  const whole = /^[a-z][a-z\d+.-]*:\/\/[^/?#]/i.test(text) ? text.trimEnd() : `http://${text.trimEnd()}`;
  return text === "" || /\s/.test(whole) || !URL.canParse(whole) ? undefined : new URL(whole);
}

/** A proxy's address without what it is told to let us in. */
export const proxyName = (proxy: URL): string => `${proxy.protocol}//${proxy.host}`;
