import type { Settings } from "../fields.ts";
import { installOf, type InstallSpec } from "./install.ts";
import { keysOf, type KeysSpec } from "./keys.ts";
import { asVaultKeeps } from "./names.ts";
import { tlsOf, type TlsSpec } from "./tls.ts";

/** Which Vault, and what becomes of it where it is the cluster's own. */
export interface VaultSpec {
  /** Where it is, for a Vault at an address. */
  readonly address: string | undefined;
  /** The context of the cluster in which it runs, for a Vault in another one. */
  readonly context: string | undefined;
  /** Addresses of its nodes, each by itself. */
  readonly nodes: readonly string[];
  /** It is to run in the cluster that is wired: neither an address nor another cluster was said. */
  readonly isOwn: boolean;
  /** Of Vault Enterprise and OpenBao; no namespace of Kubernetes. */
  readonly namespace: string | undefined;
  readonly tokenFile: string | undefined;
  /** The run's token comes from a login of this pod's service account. */
  readonly login: LoginSpec | undefined;
  /** A PEM file. */
  readonly caCert: string | undefined;
  /** What pods are told, where that is not to be found out. */
  readonly consumerAddress: string | undefined;
  readonly install: InstallSpec;
  readonly tls: TlsSpec;
  readonly keys: KeysSpec;
  readonly root: RootSpec;
  /** Undefined where no audit log was asked for. */
  readonly audit: AuditSpec | undefined;
}

/** Which auth mount, and as which role. */
export interface LoginSpec {
  readonly mount: string;
  readonly role: string;
}

function loginOf(text: string): LoginSpec {
  const cut = text.lastIndexOf("/");
  return { mount: text.slice(0, cut), role: text.slice(cut + 1) };
}

/** What becomes of the root token. */
interface RootSpec {
  /** It stays valid. */
  readonly keep: boolean;
  /** Mount of the login that takes over; undefined where a token does. */
  readonly adminAuth: string | undefined;
  readonly adminPolicy: string;
  /** As Vault reads a duration, e.g. "768h". */
  readonly tokenPeriod: string;
}

/** Where Vault writes its audit log: a file, or the standard output of its pods. */
export interface AuditSpec {
  readonly kind: NonNullable<Settings["audit"]>;
  /** The file on each node; unused for stdout. */
  readonly file: string;
}

export function vaultOf(settings: Settings): VaultSpec {
  // What --install says, it says against an address that is only in the environment.
  const address = settings.install ? undefined : settings.vaultAddr;
  return {
    address,
    context: settings.vaultContext,
    nodes: settings.vaultNodes,
    isOwn: address === undefined && settings.vaultContext === undefined,
    namespace: settings.vaultNamespace,
    tokenFile: settings.vaultTokenFile,
    login: settings.vaultLogin === undefined ? undefined : loginOf(settings.vaultLogin),
    caCert: settings.caCert,
    consumerAddress: settings.consumerVaultAddr,
    install: installOf(settings),
    tls: tlsOf(settings),
    keys: keysOf(settings),
    root: rootOf(settings),
    audit: settings.audit && { kind: settings.audit, file: settings.auditFile },
  };
}

const rootOf = ({ keepRoot, adminAuth, adminPolicy, adminTokenPeriod }: Settings): RootSpec => ({
  keep: keepRoot,
  adminAuth,
  adminPolicy: asVaultKeeps(adminPolicy),
  tokenPeriod: adminTokenPeriod,
});
