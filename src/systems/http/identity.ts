import tls from "node:tls";

/**
 * Whether a certificate is for a name, as Go programs see it: the alternative names alone count, where Node would also take the common name.
 * https://go.dev/doc/go1.15#commonname
 */
export function checkIdentity(name: string, certificate: tls.PeerCertificate): Error | undefined {
  if (certificate.subjectaltname !== undefined)
    return tls.checkServerIdentity(name, {
      ...certificate,
      subject: { ...certificate.subject, CN: undefined } as unknown as tls.Certificate,
    });
  return Object.assign(new Error("the certificate has no alternative names (SAN), which Go programs such as vault ask for"), {
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
  });
}
