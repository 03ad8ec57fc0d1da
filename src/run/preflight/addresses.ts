import type { ApiServerSpec } from "../../config/spec/wiring.ts";
import type { Readers } from "../../systems/world.ts";
import { CliError, NotYet } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import { frontAt, frontSaid } from "../../wiring/auth/fronts.ts";
import { reviewHost } from "../../wiring/auth/kubernetes-host.ts";
import type { Gathered } from "./gather.ts";

export interface AddressesOf {
  readonly host: ApiServerSpec;
  /** Whether Vault is asked at the address that pods are told. Nothing rests on the answer, so a run does not wait for it. */
  readonly tries: boolean;
  /** Whether there is a store, which logs in from a pod. */
  readonly usesStores: boolean;
  /** Stores without a client certificate, each with the namespace in which its Secret would lie. */
  readonly storesWithoutCertificate: readonly string[];
  /** Whether Vault is told of the API server. */
  readonly usesAuth: boolean;
}

/** What is said of an address: that it answers, or that nobody can prove it before the first write, and what will. */
export interface AddressLine {
  readonly proven: boolean;
  readonly line: string;
}

/** The addresses at which pods will look for Vault, and Vault for the API server. Where there is none, it is a shortage. */
export async function addresses(read: Readers, about: AddressesOf, gathered: Gathered): Promise<AddressLine[]> {
  const lines = await Promise.all([
    gathered.list(async () => await vaultForPods(read, about)),
    gathered.list(async () => (about.usesAuth ? await apiServerForVault(read, about) : [])),
  ]);
  return lines.flat();
}

async function vaultForPods({ where, proofs }: Readers, about: AddressesOf): Promise<AddressLine[]> {
  const { tries, usesStores } = about;
  const address = await where.consumerAddress();
  // Who shows a certificate gets in where pods do not.
  if (!tries && where.showsCertificate !== true) return [];
  const later = usesStores ? "verify proves it, since the store logs in from a pod" : "verify --inside proves it";
  const open = (why: string): AddressLine[] => [{ proven: false, line: `pods reach Vault at ${address}: ${why}; ${later}` }];
  if (isInside(address)) return open("only pods know that name");
  const trust = await where.consumerCa().then((ca) => ({ ca }), whyNone);
  if ("why" in trust) return open(trust.why);
  const found = await proofs.vaultAt({ address, ca: trust.ca });
  if (found.kind === "asks-for-certificate") return [withCertificate(address, about)];
  if (found.kind === "none") return open(`tried from here, ${found.reason}, which may differ for pods`);
  const trusted = trust.ca === undefined ? "" : ", trusted by its CA";
  return [{ proven: true, line: `pods are told ${address}: tried from here${trusted}, Vault ${found.version} answers` }];
}

/** A person's own certificate is never given to pods. @throws CliError VK1605 where a store has none. */
function withCertificate(address: string, { usesStores, storesWithoutCertificate: [without] }: AddressesOf): AddressLine {
  if (!usesStores || without === undefined)
    return {
      proven: false,
      line: `pods are told ${address}, where Vault asks for client certificates; verify proves that the store's is taken`,
    };
  throw failure(kinds.lacking, {
    what: `Vault at ${address} asks for client certificates, and the store has none`,
    fix: `Make a Secret with tls.crt and tls.key for the operator in namespace ${without}, and name it: --store-tls-secret NAME`,
  });
}

/** Whether only the DNS of a cluster knows it. */
const isInside = (address: string): boolean => URL.canParse(address) && /\.svc(\.|$)/.test(new URL(address).hostname);

function whyNone(error: unknown): { why: string } {
  if (error instanceof NotYet) return { why: "its CA is not there yet" };
  if (error instanceof CliError && error.kind === kinds.kubeForbidden) return { why: "you may not read its CA" };
  throw error;
}

/** In the very cluster that it reviews, Vault takes the name that every pod takes. */
async function apiServerForVault(read: Readers, { host: wanted }: AddressesOf): Promise<AddressLine[]> {
  const { host } = await reviewHost(read, wanted);
  if (isInside(host)) return [];
  const front = frontAt(host);
  const before = wanted.proof ? "bootstrap tries the address from here before it tells Vault, and " : "";
  return [
    {
      proven: false,
      line: `Vault reaches the API server at ${host}: only Vault can try that; ${before}verify proves it by a login${front === undefined ? "" : `. ${frontSaid(front)}`}`,
    },
  ];
}
