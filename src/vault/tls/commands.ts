import type { Command } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import { ownerLabel, owner } from "../../kubernetes/ownership.ts";
import { split } from "./names.ts";

/** Where the Secrets are. */
export interface SecretPlace {
  readonly context: string;
  readonly namespace: string;
}

const kubectl = ({ context, namespace }: SecretPlace): string => `kubectl --context ${word(context)} -n ${word(namespace)}`;

/** Writes files into a Secret of ours. */
function keep(place: SecretPlace, name: string, files: readonly string[]): string {
  const from = files.map((file) => `--from-file=${file}`).join(" ");
  return `${kubectl(place)} create secret generic ${word(name)} --type=kubernetes.io/tls ${from} --dry-run=client -o yaml |
    kubectl label --local -f - ${ownerLabel}=${owner} -o yaml | ${kubectl(place)} apply --server-side --field-manager=${owner} -f - > /dev/null`;
}

const key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

/** A new authority with openssl, where there is none. One that expires is for `vault-k8s tls`, which has the old one sign the new one. */
export function authorityCommand(place: SecretPlace, name: string, subject: string): Command {
  const lines = `
# A certificate authority for Vault, where there is none. Its key goes into the Secret and nowhere else.
if ! ${kubectl(place)} get secret ${word(name)} > /dev/null 2>&1; then
  openssl req -x509 ${key} -days 3650 -subj ${word(subject)} -keyout "$work/ca.key" -out "$work/ca.crt" \\
    -addext basicConstraints=critical,CA:TRUE,pathlen:1 -addext keyUsage=critical,keyCertSign,cRLSign 2> /dev/null
  ${keep(place, name, ['tls.crt="$work/ca.crt"', 'tls.key="$work/ca.key"'])}
  rm "$work/ca.key"
fi`;
  return { lines: lines.trim(), needs: ["work"] };
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
  const alternatives = [...dns.map((name) => `DNS:${name}`), ...ips.map((ip) => `IP:${ip}`)].join(",");
  const lines = `
# A certificate for Vault's names, signed by that authority.
${inSecret(request)}
balancers() { ${balancers(request)}; }
certificate() {
  in_secret ${word(authority)} tls.crt > "$work/ca.crt"
  in_secret ${word(authority)} tls.key > "$work/ca.key"
  openssl req -new ${key} -subj ${word(`/CN=${commonName}`)} -keyout "$work/tls.key" -out "$work/tls.csr" 2> /dev/null
  names=${word(alternatives)}
  for name in $(balancers); do
    case $name in *[!0-9.:]*) names="$names,DNS:$name" ;; *) names="$names,IP:$name" ;; esac
  done
  printf 'subjectAltName=%s\\nbasicConstraints=critical,CA:FALSE\\nkeyUsage=critical,digitalSignature\\nextendedKeyUsage=serverAuth\\n' "$names" > "$work/tls.ext"
  openssl x509 -req -in "$work/tls.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -set_serial "0x40$(openssl rand -hex 15)" -days ${days} -extfile "$work/tls.ext" -out "$work/tls.crt" 2> /dev/null
  ${keep(request, secret, ['tls.crt="$work/tls.crt"', 'tls.key="$work/tls.key"', 'ca.crt="$work/ca.crt"'])}
  rm "$work/ca.key" "$work/tls.key"
}
certificate`;
  return { lines: lines.trim(), needs: ["work"] };
}

/** A function of the shell that reads one file of a Secret. */
const inSecret = (place: SecretPlace): string =>
  `in_secret() { ${kubectl(place)} get secret "$1" -o "go-template={{index .data \\"$2\\" | base64decode}}"; }`;

const balancers = (place: SecretPlace & { readonly release: string }): string =>
  `${kubectl(place)} get service -l ${word(`app.kubernetes.io/instance=${place.release}`)} -o 'jsonpath={range .items[?(@.spec.type=="LoadBalancer")]}{.status.loadBalancer.ingress[0].ip}{.status.loadBalancer.ingress[0].hostname}{"\\n"}{end}'`;

/** Makes the certificate again where it is not for the address of a load balancer. */
export function coverCommand(request: CertificateRequest, seconds: number): Command {
  const lines = `
# A load balancer has its address only now.
${inSecret(request)}
addressed() { ! ${balancers(request)} | grep -q '^$'; }
within ${seconds} addressed
for name in $(${balancers(request)}); do
  in_secret ${word(request.secret)} tls.crt | openssl x509 -noout -text | grep -qF "$name" || new_name=$name
done
if [ -n "\${new_name:-}" ]; then
  ${certificateCommand(request).lines.replaceAll("\n", "\n  ")}
fi`;
  return { lines: lines.trim(), needs: ["work", "within"] };
}

/** Prints the certificate of a Secret. */
const certificateIn = (place: SecretPlace & { readonly secret: string }): string =>
  `${kubectl(place)} get secret ${word(place.secret)} -o 'go-template={{index .data "tls.crt" | base64decode}}'`;

/** Has cert-manager make the Secret, and waits for it. */
export function managedCommand(apply: string, { secret, ...place }: SecretPlace & { readonly secret: string }, seconds: number): Command {
  const lines = `
# A certificate that cert-manager makes and renews.
${apply}
${kubectl(place)} wait --for=condition=Ready certificate.cert-manager.io ${word(secret)} --timeout=${seconds}s`;
  return { lines: lines.trim() };
}

/** Has cert-manager make the certificate again where it is not for the address of a load balancer. */
export function coverManagedCommand(place: SecretPlace & { readonly secret: string; readonly release: string }, seconds: number): Command {
  const { secret } = place;
  const lines = `
# A load balancer has its address only now.
served_names() { ${certificateIn(place)} | openssl x509 -noout -text; }
addressed() { ! ${balancers(place)} | grep -q '^$'; }
covered() { served_names | grep -qF "$1"; }
within ${seconds} addressed
for name in $(${balancers(place)}); do
  if ! covered "$name"; then
    case $name in *[!0-9.:]*) field=dnsNames ;; *) field=ipAddresses ;; esac
    ${kubectl(place)} patch certificate.cert-manager.io ${word(secret)} --field-manager=${owner} --type=json \\
      -p "[{\\"op\\":\\"add\\",\\"path\\":\\"/spec/$field/-\\",\\"value\\":\\"$name\\"}]"
    within ${seconds} covered "$name"
  fi
done`;
  return { lines: lines.trim(), needs: ["within"] };
}

/** Stops where a pod speaks http: between deleting it and the next one it has to be unsealed, which the script does later, and for all at once. */
export function plainCommand(place: SecretPlace): Command {
  const address = `-o 'jsonpath={.spec.containers[0].env[?(@.name=="VAULT_ADDR")].value} {.spec.containers[0].env[?(@.name=="BAO_ADDR")].value}'`;
  const lines = `
# A pod takes TLS when it starts.
for node in $(nodes); do
  case $(${kubectl(place)} get pod "$node" ${address}) in *http:*)
    echo "$node speaks http: delete it, run vault-k8s operator unseal, and when all pods are done (the active one last) this script again" >&2
    exit 1
  esac
done`;
  return { lines: lines.trim(), needs: ["nodes"] };
}

/** Has every pod load the certificate of the Secret, and waits until it shows it. */
export function reloadCommand(
  place: SecretPlace & { readonly secret: string; readonly annotation: string; readonly reload: readonly string[] },
  seconds: number,
): Command {
  const { annotation, reload } = place;
  const lines = `
# Each pod loads its certificate; a change to a pod makes its kubelet look at its volumes.
wanted() { ${certificateIn(place)} | openssl x509 -noout -fingerprint -sha256; }
shown() { openssl s_client -connect "$(at "$1" printenv VAULT_ADDR | sed 's,.*//,,')" < /dev/null 2> /dev/null | openssl x509 -noout -fingerprint -sha256; }
loaded() {
  [ "$(shown "$1")" = "$(wanted)" ] && return
  # shellcheck disable=SC2016 # It is for the pod's shell.
  ${kubectl(place)} exec "$1" -- ${reload.map(word).join(" ")}
  return 1
}
for node in $(nodes); do
  if ! [ "$(shown "$node")" = "$(wanted)" ]; then
    ${kubectl(place)} annotate --overwrite pod "$node" ${annotation}="$(wanted | tr -dc 0-9A-F | tail -c 40)" > /dev/null
    within ${seconds} loaded "$node"
  fi
done`;
  return { lines: lines.trim(), needs: ["nodes", "within"] };
}
