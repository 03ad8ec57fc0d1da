import net from "node:net";
import { domainToASCII } from "node:url";

/** What is asked for. */
export interface Target {
  /** A name, or an IP address without brackets. */
  readonly host: string;
  readonly port: string;
}

type Rule = (target: Target) => boolean;

/**
 * Whether an address is reached directly: it is of this machine, or an entry of NO_PROXY names it. An entry is "*", an IP address, a CIDR,
 * or a domain, which covers its subdomains, and these alone where it begins with a dot; all but a CIDR may end with a port.
 */
export function noProxyFor(target: Target, list: string): boolean {
  if (isLoopback(target.host)) return true;
  const entries = list
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "");
  return entries.includes("*") || entries.some((entry) => ruleOf(entry)(target));
}

function ruleOf(entry: string): Rule {
  const cidr = /^([^/]+)\/(\d{1,3})$/.exec(entry);
  const range = cidr === null ? undefined : within(cidr[1] ?? "", Number(cidr[2]));
  if (range !== undefined) return range;
  const [host, port] = withPort(entry);
  if (host === "") return () => false;
  const of = net.isIP(host) === 0 ? domain(host) : within(host, net.isIPv4(host) ? 32 : 128);
  return (target) => of?.(target) === true && (port === "" || port === target.port);
}

/** Host and port, where there is a port. An IPv6 address has one only behind its brackets. */
function withPort(entry: string): readonly [string, string] {
  const [, literal, name, port = ""] = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(entry) ?? [undefined, undefined, entry];
  return [literal ?? name ?? "", port];
}

/** Addresses of a network; an IPv4 address that is written as an IPv6 one is the same address. */
function within(address: string, bits: number): Rule | undefined {
  if (net.isIP(address) === 0 || bits > (net.isIPv4(address) ? 32 : 128)) return undefined;
  const plain = unmapped(address);
  const mapped = net.isIPv6(address) && net.isIPv4(plain);
  const network = new net.BlockList();
  network.addSubnet(plain, mapped ? Math.max(bits - 96, 0) : bits, familyOf(plain));
  // The list itself would find every IPv4 address in ::/0.
  return ({ host }) =>
    net.isIP(host) !== 0 && familyOf(unmapped(host)) === familyOf(plain) && network.check(unmapped(host), familyOf(plain));
}

const familyOf = (address: string): "ipv4" | "ipv6" => (net.isIPv4(address) ? "ipv4" : "ipv6");

function unmapped(address: string): string {
  if (!net.isIPv6(address)) return address;
  const { address: short } = new net.SocketAddress({ address: address.replace(/%.*$/, ""), family: "ipv6" });
  return short.replace(/^::ffff:(?=\d+\.)/, "");
}

/** Whether a host is this machine itself; an IP address without brackets. */
export const isLoopback = (host: string): boolean => host === "localhost" || loopback.some((rule) => rule({ host, port: "" }));

const loopback = [within("127.0.0.0", 8), within("::1", 128)].filter((rule) => rule !== undefined);

function domain(entry: string): Rule {
  const name = entry.startsWith("*.") ? entry.slice(1) : entry;
  const suffix = name.startsWith(".") ? name : `.${name}`;
  const ascii = /^[\x20-\x7e]*$/.test(suffix) ? suffix : `.${domainToASCII(suffix.slice(1))}`;
  return ({ host }) =>
    net.isIP(host) === 0 && (host.toLowerCase().endsWith(ascii) || (!name.startsWith(".") && host.toLowerCase() === ascii.slice(1)));
}
