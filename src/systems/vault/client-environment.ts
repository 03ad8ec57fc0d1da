import { readFile, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { createSecureContext } from "node:tls";
import { failure, kinds } from "../../errors.ts";
import { proxyAddress } from "../http/proxy-for.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a client of a Vault at an address shows, asks for and trusts, beside the CA file. */
export interface ClientTls {
  /** PEM, of a person: it is shown to Vault by this process, and is given to nobody else. */
  readonly cert?: string;
  readonly key?: string;
  /** The name that is asked for (SNI), and that the certificate has to be for. */
  readonly serverName?: string;
  /** For requests to Vault alone, whatever HTTPS_PROXY and NO_PROXY say. */
  readonly proxy?: URL;
  /** PEM of whom to trust, where no CA file is named. */
  readonly ca?: string;
}

/** A variable in the spelling of vault or of bao, with its name; an empty one says nothing, as for both. */
function variable(env: Environment, ...names: readonly string[]): { readonly name: string; readonly value: string } | undefined {
  return names
    .flatMap((name) => [`VAULT_${name}`, `BAO_${name}`])
    .map((name) => ({ name, value: env[name] ?? "" }))
    .find(({ value }) => value !== "");
}

/**
 * What the variables of the vault command say of TLS and the way to Vault: https://developer.hashicorp.com/vault/docs/commands#environment-variables.
 * @throws CliError VK1004 for what cannot be used.
 */
export async function clientTls(env: Environment): Promise<ClientTls> {
  const [serverName, ca] = [variable(env, "TLS_SERVER_NAME")?.value, await otherCa(env)];
  return {
    ...(await keyPair(env)),
    ...(serverName !== undefined && { serverName }),
    ...(ca !== undefined && { ca }),
    ...vaultsProxy(env),
  };
}

async function keyPair(env: Environment): Promise<Pick<ClientTls, "cert" | "key">> {
  const [certFile, keyFile] = [variable(env, "CLIENT_CERT"), variable(env, "CLIENT_KEY")];
  if (certFile === undefined && keyFile === undefined) return {};
  if (certFile === undefined || keyFile === undefined)
    throw wrong(
      certFile ?? keyFile,
      "A client certificate needs its key, and a key its certificate.",
      "Set VAULT_CLIENT_CERT and VAULT_CLIENT_KEY, or neither.",
    );
  const [cert, key] = await Promise.all([content(certFile), content(keyFile)]);
  try {
    createSecureContext({ cert, key });
  } catch {
    // What OpenSSL says may quote the file.
    throw wrong(keyFile, `It is not the key of the certificate in ${certFile.value}, or one of the two is no PEM, or has a passphrase.`);
  }
  return { cert, key };
}

/** As vault looks: the text itself, then a folder of PEM files, with those below it. */
async function otherCa(env: Environment): Promise<string | undefined> {
  const [bytes, folder] = [variable(env, "CACERT_BYTES"), variable(env, "CAPATH")];
  if (bytes !== undefined) {
    if (isPem(bytes.value)) return bytes.value;
    throw wrong({ ...bytes, value: "a text" }, "It holds no PEM certificate.");
  }
  if (folder === undefined) return undefined;
  const entry = await stat(folder.value).catch(({ code }: NodeJS.ErrnoException) => Promise.reject(wrong(folder, code)));
  const names = entry.isDirectory() ? await readdir(folder.value, { recursive: true }) : [""];
  const texts = await Promise.all(names.sort().map((name) => readFile(path.join(folder.value, name), "utf8").catch(() => "")));
  const found = texts.filter(isPem);
  if (found.length === 0) throw wrong(folder, "No file there holds a PEM certificate.");
  return found.join("\n");
}

const isPem = (text: string): boolean => /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(text);

function vaultsProxy(env: Environment): Pick<ClientTls, "proxy"> {
  const said = variable(env, "PROXY_ADDR", "HTTP_PROXY");
  if (said === undefined) return {};
  const proxy = proxyAddress(said.value);
  if (proxy !== undefined) return { proxy };
  throw wrong({ ...said, value: "a text" }, "It is no address of a proxy.");
}

const content = (said: { readonly name: string; readonly value: string }): Promise<string> =>
  readFile(said.value, "utf8").catch(({ code }: NodeJS.ErrnoException) => Promise.reject(wrong(said, code)));

const wrong = (said: { readonly name: string; readonly value: string } | undefined, why: string | undefined, fix?: string) =>
  failure(kinds.badValue, {
    what: `${said?.value ?? ""} cannot be used (env ${said?.name ?? ""})`,
    why: why === "ENOENT" ? "It does not exist." : why,
    fix: fix ?? `Correct ${said?.name ?? "it"}, or unset it.`,
  });

/** What of the environment a program needs that asks the same Vault by itself: the names of files, a name and a proxy. */
export const handedOn = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    ["CLIENT_CERT", "CLIENT_KEY", "PROXY_ADDR", "HTTP_PROXY"].flatMap((name) => {
      const said = variable(env, name);
      return said === undefined ? [] : [`VAULT_${name}`, `BAO_${name}`].map((each) => [each, said.value]);
    }),
  );

/** Variables that steer the vault command and not us, and what does it instead. */
const notHonoured: Readonly<Record<string, string>> = {
  SKIP_VERIFY:
    "certificates are always checked; --ca-cert (or VAULT_CACERT) names the CA, VAULT_TLS_SERVER_NAME the name in the certificate",
  AGENT_ADDR: "--vault-addr names an agent as it names Vault",
  SRV_LOOKUP: "--vault-addr names host and port",
  HEADERS: "no header is added to requests",
  MFA: "log in first, and give the token: VAULT_TOKEN, --vault-token-file",
  CLIENT_TIMEOUT: "requests have times of their own; --timeout says how long is waited for what becomes ready",
  MAX_RETRIES: "what may be asked again is, for as long as it is worth",
  RATE_LIMIT: "requests are few, and at most a handful at a time",
  WRAP_TTL: "answers are never wrapped",
};

/** What a person should know who set one of them, each as a sentence. */
export const notHonouredIn = (env: Environment): string[] =>
  Object.entries(notHonoured).flatMap(([name, instead]) => {
    const said = variable(env, name);
    return said === undefined || /^(0|f|false)$/i.test(said.value) ? [] : [`${said.name} is not honoured: ${instead}`];
  });
