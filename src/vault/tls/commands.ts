import type { Command } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import { shellText, type ShellValue } from "../../core/shell-text.ts";
import { ownerLabel, owner } from "../../kubernetes/ownership.ts";
import { split } from "./names.ts";
import { kubectlIn } from "../../systems/kubectl.ts";

/** Where the Secrets are. */
export interface SecretPlace {
  readonly context: string;
  readonly namespace: string;
}

const code = (text: string) => ({ code: text });
const kubectl = ({ context, namespace }: SecretPlace): string => `${kubectlIn(context)} -n ${word(namespace)}`;

/** A text of this folder's templates, with kubectl for the namespace of the Secrets. */
const tlsText = (name: string, place: SecretPlace, values: Readonly<Record<string, ShellValue>>): string =>
  shellText(`vault/tls/${name}.sh`, { kubectl: code(kubectl(place)), ...values });

/** Writes files into a Secret of ours. */
const keep = (place: SecretPlace, name: string, files: readonly string[]) =>
  code(tlsText("keep", place, { name, from: code(files.map((file) => `--from-file=${file}`).join(" ")), label: ownerLabel, owner }));

const key = code("-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes");

/** A new authority with openssl, where there is none. One that expires is for `vault-k8s tls`, which has the old one sign the new one. */
export function authorityCommand(place: SecretPlace, name: string, subject: string): Command {
  const files = ['tls.crt="$work/ca.crt"', 'tls.key="$work/ca.key"'];
  return { lines: tlsText("authority", place, { name, key, subject, keep: keep(place, name, files) }), needs: ["work"] };
}

export interface CertificateRequest extends SecretPlace {
  readonly secret: string;
  readonly authority: string;
  readonly commonName: string;
  readonly names: readonly string[];
  readonly release: string;
  readonly days: number;
}

/** A certificate for the names, and for the addresses that load balancers have got. */
export function certificateCommand(request: CertificateRequest): Command {
  const { secret, authority, commonName, names, days } = request;
  const { dns, ips } = split(names);
  const lines = tlsText("certificate", request, {
    in_secret: inSecret(request),
    balancers: balancers(request),
    authority,
    key,
    subject: `/CN=${commonName}`,
    alternatives: [...dns.map((name) => `DNS:${name}`), ...ips.map((ip) => `IP:${ip}`)].join(","),
    days,
    keep: keep(request, secret, ['tls.crt="$work/tls.crt"', 'tls.key="$work/tls.key"', 'ca.crt="$work/ca.crt"']),
  });
  return { lines, needs: ["work"] };
}

/** A function of the shell that reads one file of a Secret. */
const inSecret = (place: SecretPlace) =>
  code(`in_secret() { ${kubectl(place)} get secret "$1" -o "go-template={{index .data \\"$2\\" | base64decode}}"; }`);

const balancers = (place: SecretPlace & { readonly release: string }) =>
  code(
    `${kubectl(place)} get service -l ${word(`app.kubernetes.io/instance=${place.release}`)} -o 'jsonpath={range .items[?(@.spec.type=="LoadBalancer")]}{.status.loadBalancer.ingress[0].ip}{.status.loadBalancer.ingress[0].hostname}{"\\n"}{end}'`,
  );

/** Makes the certificate again where it is not for the address of a load balancer. */
export function coverCommand(request: CertificateRequest, seconds: number): Command {
  const lines = tlsText("cover", request, {
    in_secret: inSecret(request),
    balancers: balancers(request),
    seconds,
    secret: request.secret,
    certificate: code(certificateCommand(request).lines.replaceAll("\n", "\n  ")),
  });
  return { lines, needs: ["work", "within"] };
}

/** Prints the certificate of a Secret. */
const certificateIn = (place: SecretPlace & { readonly secret: string }) =>
  code(`${kubectl(place)} get secret ${word(place.secret)} -o 'go-template={{index .data "tls.crt" | base64decode}}'`);

/** Has cert-manager make the Secret, and waits for it. */
export const managedCommand = (apply: string, place: SecretPlace & { readonly secret: string }, seconds: number): Command => ({
  lines: tlsText("managed", place, { apply: code(apply), secret: place.secret, seconds }),
});

/** Has cert-manager make the certificate again where it is not for the address of a load balancer. */
export function coverManagedCommand(place: SecretPlace & { readonly secret: string; readonly release: string }, seconds: number): Command {
  const lines = tlsText("cover-managed", place, {
    certificate: certificateIn(place),
    balancers: balancers(place),
    seconds,
    secret: place.secret,
    owner,
  });
  return { lines, needs: ["within"] };
}

/** What the charts of HashiCorp and of OpenBao call Vault's container. */
const containers = ["vault", "openbao"];

/** Stops where a pod speaks http: between deleting it and the next one it has to be unsealed, which the script does later, and for all at once. */
export function plainCommand(place: SecretPlace): Command {
  const values = containers.flatMap((container) =>
    ["VAULT_ADDR", "BAO_ADDR"].map((name) => `{.spec.containers[?(@.name=="${container}")].env[?(@.name=="${name}")].value}`),
  );
  return { lines: tlsText("plain", place, { address: code(`-o 'jsonpath=${values.join(" ")}'`) }), needs: ["nodes"] };
}

const containerNames = `-o 'jsonpath=${containers.map((name) => `{.spec.containers[?(@.name=="${name}")].name}`).join("")}'`;

/** Has every pod load the certificate of the Secret, and waits until it shows it. */
export function reloadCommand(
  place: SecretPlace & { readonly secret: string; readonly annotation: string; readonly reload: readonly string[] },
  seconds: number,
): Command {
  const { annotation, reload } = place;
  const lines = tlsText("reload", place, {
    certificate: certificateIn(place),
    reload,
    annotation,
    seconds,
    container: code(containerNames),
  });
  return { lines, needs: ["nodes", "within"] };
}
