import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { isIP } from "node:net";
import { bits, generalTime, integer, octets, oid, sequence, setOf, tagged, utf8, yes } from "./der.ts";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority of its own, as every cluster has one. */
export class Authority {
  readonly #name: string;
  readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  /** PEM of its own certificate. */
  readonly ca: string;

  constructor(name: string) {
    this.#name = name;
    this.ca = this.#certify(name, this.#keys.publicKey, [extension("2.5.29.19", sequence(yes), yes)]);
  }

  /** A server certificate for the given names and addresses. */
  issue(hosts: readonly string[]): Certificate {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const cert = this.#certify(hosts[0] ?? "server", publicKey, [extension("2.5.29.17", sequence(...hosts.map(alternativeName)))]);
    return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert };
  }

  /** One that names its server as older programs took it: by the common name alone. */
  issueByCommonName(host: string): Certificate {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const cert = this.#certify(host, publicKey, [extension("2.5.29.19", sequence(), yes)]);
    return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert };
  }

  #certify(subject: string, publicKey: KeyObject, extensions: readonly Buffer[]): string {
    const algorithm = sequence(oid("1.2.840.10045.4.3.2"));
    const day = 86_400_000;
    const body = sequence(
      tagged(0xa0, integer(Buffer.from([2]))),
      integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      algorithm,
      distinguishedName(this.#name),
      sequence(generalTime(new Date(Date.now() - day)), generalTime(new Date(Date.now() + 30 * day))),
      distinguishedName(subject),
      publicKey.export({ type: "spki", format: "der" }),
      tagged(0xa3, sequence(...extensions)),
    );
    return pem(sequence(body, algorithm, bits(sign("sha256", body, this.#keys.privateKey))));
  }
}

const distinguishedName = (commonName: string): Buffer => sequence(setOf(sequence(oid("2.5.4.3"), utf8(commonName))));
const extension = (id: string, value: Buffer, critical?: Buffer): Buffer =>
  sequence(oid(id), ...(critical === undefined ? [] : [critical]), octets(value));

function alternativeName(host: string): Buffer {
  return isIP(host) === 4 ? tagged(0x87, Buffer.from(host.split(".").map(Number))) : tagged(0x82, Buffer.from(host));
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
