import { createPrivateKey, type X509Certificate } from "node:crypto";
import { same } from "../../core/resource.ts";
import { failure, kinds } from "../../errors.ts";
import type { VaultSpec } from "../../config/spec/vault.ts";
import type { KubeObject, ObjectRef, Readers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { objectId } from "../../kubernetes/object-ref.ts";
import { onObject } from "../../systems/need.ts";
import { blocksOf, expiry, lacking, leftMs, readCertificate } from "./certificate.ts";
import { balancerAddresses } from "./balancers.ts";
import { neededNames, saidNames } from "./names.ts";
import { secretText } from "../../systems/secret-data.ts";

/** A Secret that the user keeps. It is checked and never written. Throws VK1218 with all that is wrong with it. */
export function givenCertificate(vault: VaultSpec, name: string): AppResource {
  const { namespace } = vault.install;
  const ref: ObjectRef = { apiVersion: "v1", kind: "Secret", namespace, name };
  return {
    id: objectId(ref),
    diff: async (read) => {
      const [secret, balancers, names] = await Promise.all([
        read.kube.get(ref),
        balancerAddresses(read, vault.install),
        neededNames(read, vault.install),
      ]);
      const certificate = checked(read.kube, ref, secret, { caCert: vault.caCert, names: [...names, ...saidNames(vault)] });
      // An address that a cloud gives cannot be in a certificate that was there before it.
      const outside = lacking(certificate, balancers);
      return same(`yours, ${expiry(certificate)}${outside.length > 0 ? `; not for ${outside.join(", ")}, its load balancer` : ""}`);
    },
    apply: () => Promise.resolve(),
    needs: () => [...onObject(ref, ["get"]), ...onObject({ apiVersion: "v1", kind: "Service", namespace }, ["list"])],
    command: () => ({ lines: `# Secret ${namespace}/${name} is yours` }),
  };
}

function checked(
  kube: Readers["kube"],
  { namespace = "", name }: ObjectRef,
  secret: KubeObject | undefined,
  { names, caCert }: { readonly names: readonly string[]; readonly caCert: string | undefined },
): X509Certificate {
  const make = kubectl(kube, `create secret generic ${name} -n ${namespace} --from-file=tls.crt --from-file=tls.key --from-file=ca.crt`);
  if (secret === undefined)
    throw failure(kinds.tlsSecret, {
      what: `Secret ${namespace}/${name} does not exist`,
      fix: `Make it (and namespace ${namespace}, where it is not there): ${make}`,
    });
  const wrong = mistakes(secret, names, caCert);
  const certificate = readCertificate(secretText(secret, "tls.crt"));
  if (wrong.length === 0 && certificate !== undefined) return certificate;
  throw failure(kinds.tlsSecret, {
    what: `Secret ${namespace}/${name} cannot serve Vault`,
    why: wrong.join("\n"),
    fix: `It needs tls.crt, tls.key and ca.crt for these names: ${names.join(", ")}`,
  });
}

function mistakes(secret: KubeObject, names: readonly string[], caCert: string | undefined): string[] {
  const [cert, key, ca] = ["tls.crt", "tls.key", "ca.crt"].map((file) => secretText(secret, file));
  const certificate = readCertificate(cert);
  const absent = [cert === undefined ? "tls.crt" : "", key === undefined ? "tls.key" : ""].filter((file) => file !== "");
  const missing = certificate === undefined ? [] : lacking(certificate, names);
  return [
    ...(absent.length > 0 ? [`It lacks ${absent.join(" and ")}.`] : []),
    ...(ca === undefined && caCert === undefined
      ? ["It lacks ca.crt, the CA that signed the certificate; --ca-cert names the file instead."]
      : []),
    ...(ca !== undefined && readCertificate(ca) === undefined ? ["Its ca.crt is not a PEM certificate."] : []),
    ...(cert !== undefined && certificate === undefined ? ["Its tls.crt is not a PEM certificate."] : []),
    ...(certificate !== undefined && leftMs(certificate) < 0 ? [`Its certificate ${expiry(certificate)}.`] : []),
    ...(certificate !== undefined && key !== undefined && !fits(certificate, key) ? ["Its tls.key does not belong to its tls.crt."] : []),
    ...(certificate !== undefined && ca !== undefined && !chains(cert ?? "", ca) ? ["Its tls.crt is not signed by its ca.crt."] : []),
    ...(missing.length > 0 ? [`Its certificate is not for ${missing.join(", ")}.`] : []),
  ];
}

function fits(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** From the first certificate upwards, each is signed by the next, and the last by one of the CAs. */
function chains(cert: string, ca: string): boolean {
  const links = blocksOf(cert).map((block) => readCertificate(block));
  const anchors = blocksOf(ca).map((block) => readCertificate(block));
  const signs = (issuer: X509Certificate | undefined, subject: X509Certificate | undefined): boolean =>
    issuer !== undefined && subject !== undefined && subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
  const first = links[0];
  return first !== undefined && reaches(first, links.slice(1), anchors, signs);
}

function reaches(
  from: X509Certificate,
  rest: readonly (X509Certificate | undefined)[],
  anchors: readonly (X509Certificate | undefined)[],
  signs: (issuer: X509Certificate | undefined, subject: X509Certificate | undefined) => boolean,
): boolean {
  if (anchors.some((anchor) => signs(anchor, from) || anchor?.fingerprint256 === from.fingerprint256)) return true;
  const next = rest.find((link) => signs(link, from));
  return (
    next !== undefined &&
    reaches(
      next,
      rest.filter((link) => link !== next),
      anchors,
      signs,
    )
  );
}
