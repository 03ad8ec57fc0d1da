import type { VaultSpec } from "../../config/spec/vault.ts";
import { at, list, number, text } from "../../core/values.ts";
import { failure, kinds } from "../../errors.ts";
import { vaultContainer } from "../../systems/vault-pods.ts";
import type { KubeObject } from "../../systems/world.ts";
import { tlsSecretName } from "../tls/step.ts";
import { listenerOf, rendered, type Rendered } from "../rendered.ts";
import { lasting } from "./lasting.ts";
import type { Control, Misfit } from "./misfit.ts";
import { tlsFolder } from "./tls-folder.ts";

/**
 * Whether a rendered chart is the Vault that the run goes on with: values files and --set win over what it sets, and lists in them replace lists.
 * @throws CliError VK1308 with all that does not fit, before anything is written
 */
export function fits(vault: VaultSpec, objects: readonly KubeObject[]): void {
  const found = rendered(objects);
  const wrong = found === undefined ? [noServer] : controls.flatMap((control) => control(found, vault)).filter((one) => one !== undefined);
  if (wrong.length === 0) return;
  throw failure(kinds.valuesMisfit, {
    what: `With these values release ${vault.install.release} is not the Vault that this run goes on with`,
    why: wrong.map(({ why }) => why).join("\n"),
    fix: [...new Set(wrong.map(({ fix }) => fix))].join("\n"),
  });
}

const noServer: Misfit = {
  why: "The chart makes no StatefulSet of Vault servers (server.enabled, global.enabled or global.externalVaultAddr, injector.externalVaultAddr).",
  fix: "Take that out of the values; for a Vault that runs elsewhere, pass --vault-addr.",
};

const placed: Control = ({ set }, { install }) => {
  const { namespace = install.namespace, name } = set.metadata;
  const label = text(at(set["spec"], "template", "metadata", "labels", "app.kubernetes.io/name"));
  return [
    namespace === install.namespace
      ? undefined
      : {
          why: `global.namespace puts Vault into namespace ${namespace}, and the release is in ${install.namespace}.`,
          fix: `Take global.namespace out of the values, and pass --install-namespace ${namespace}.`,
        },
    label === undefined || /^(vault|openbao)$/.test(label)
      ? undefined
      : {
          why: `nameOverride gives Vault's pods the label app.kubernetes.io/name=${label}, and by vault or openbao they are found.`,
          fix: `Take nameOverride out of the values; the same names are made by fullnameOverride: ${name}.`,
        },
  ];
};

const kept: Control = ({ config, set }) => {
  const args = JSON.stringify(list(at(set["spec"], "template", "spec", "containers")).map((one) => at(one, "args")));
  if (/server -dev|-dev /.test(args))
    return [{ why: "server.dev.enabled keeps all that Vault holds in memory.", fix: "Take server.dev out of the values." }];
  return [
    config === undefined || /\bstorage["\s:={]*raft\b/.test(config)
      ? undefined
      : {
          why: 'Vault\'s configuration has no storage "raft", by which its pods are one Vault.',
          fix: 'Take server.standalone, server.ha.config and server.ha.raft.enabled out of the values; in a configuration of your own (server.ha.raft.config), have storage "raft".',
        },
  ];
};

/** Of these two pods are told one. */
const reachable: Control = ({ services, set: { metadata } }, { consumerAddress }) => [
  consumerAddress !== undefined || services.some(({ metadata: { name } }) => name === metadata.name || name === `${metadata.name}-active`)
    ? undefined
    : {
        why: `Neither Service ${metadata.name}-active nor ${metadata.name} is made (server.service.enabled=false): pods would be told a name that is not there.`,
        fix: "Take server.service.enabled out of the values, or say with --consumer-vault-addr where pods reach Vault.",
      },
];

const served: Control = ({ services, port }) =>
  services.flatMap((service) =>
    list(at(service["spec"], "ports"))
      .filter(
        (one) =>
          /^https?$/.test(text(at(one, "name")) ?? "") &&
          number(at(one, "targetPort")) !== undefined &&
          number(at(one, "targetPort")) !== port,
      )
      .map((one) => ({
        why: `Service ${service.metadata.name} sends to port ${number(at(one, "targetPort"))} of the pods, and Vault listens on ${port}.`,
        fix: "Take server.service.targetPort out of the values; server.service.port may be another.",
      })),
  );

const secured: Control = (found, vault) => (vault.tls.enabled ? withTls(found, vault) : withoutTls(found));

const withoutTls: (found: Rendered) => (Misfit | undefined)[] = ({ scheme }) => [
  scheme === "http"
    ? undefined
    : {
        why: "global.tlsDisable=false has Vault's pods speak https, and --insecure-no-tls was passed.",
        fix: "Leave --insecure-no-tls out, or take global.tlsDisable out of the values.",
      },
];

/** HashiCorp's tutorial brings a Secret, a listener and names of files of its own: https://developer.hashicorp.com/vault/docs/platform/k8s/helm/examples/standalone-tls */
function withTls(found: Rendered, vault: VaultSpec): (Misfit | undefined)[] {
  const { scheme, config = "", set } = found;
  const secret = tlsSecretName(vault);
  const listener = listenerOf(config);
  const ours = listener.certificate === undefined || listener.certificate === `${tlsFolder}/tls.crt`;
  const key = listener.key === undefined || listener.key === `${tlsFolder}/tls.key`;
  return [
    scheme === "https"
      ? undefined
      : {
          why: "global.tlsDisable=true has Vault's pods speak http.",
          fix: "Take global.tlsDisable out of the values, or pass --insecure-no-tls.",
        },
    listener.disabled
      ? {
          why: "The listener of server.ha.raft.config has tls_disable.",
          fix: `Leave tls_disable out; have ${listenerLines}. Or pass --insecure-no-tls.`,
        }
      : undefined,
    ours && key ? undefined : otherListener(listener.certificate ?? listener.key ?? "", found, vault),
    ours && key ? mounted(set, secret) : undefined,
    caFile(set, vault),
  ];
}

const listenerLines = `tls_cert_file = "${tlsFolder}/tls.crt" and tls_key_file = "${tlsFolder}/tls.key"`;

function otherListener(file: string, { set }: Rendered, vault: VaultSpec): Misfit {
  const secret = tlsSecretName(vault);
  const other = secretAt(set, file);
  const whose = other === undefined ? "" : `, of Secret ${other}`;
  return {
    why: `The listener of server.ha.raft.config serves ${file}${whose}: a certificate that is not the one which this run makes, renews and trusts (${tlsFolder}/tls.crt, of Secret ${secret}).`,
    fix: [
      "Take server.volumes, server.volumeMounts, server.extraEnvironmentVars.VAULT_CACERT and the listener's TLS files out of the values:",
      "the certificate is then made for you. To serve your own, pass --tls-secret NAME: a Secret with the files tls.crt, tls.key and ca.crt",
      `(kubectl create secret generic NAME -n ${vault.install.namespace} --from-file=tls.crt=vault.crt --from-file=tls.key=vault.key --from-file=ca.crt=vault.ca).`,
      `In a configuration of your own, have ${listenerLines}.`,
    ].join(" "),
  };
}

/** The Secret that is mounted over a file. */
function secretAt(set: KubeObject, file: string): string | undefined {
  const pod = at(set["spec"], "template", "spec");
  const mount = list(at(ownContainer(pod), "volumeMounts")).find((one) => file.startsWith(`${text(at(one, "mountPath")) ?? "-"}/`));
  const volume = list(at(pod, "volumes")).find((one) => at(one, "name") === at(mount, "name"));
  return mount === undefined ? undefined : (text(at(volume, "secret", "secretName")) ?? undefined);
}

const ownContainer = (pod: unknown): unknown => vaultContainer((pod ?? {}) as Parameters<typeof vaultContainer>[0]);

/** Lists replace lists: a values file with a volume of its own loses ours. */
function mounted(set: KubeObject, secret: string): Misfit | undefined {
  if (secretAt(set, `${tlsFolder}/tls.crt`) === secret) return undefined;
  const volumes = JSON.stringify([{ name: "tls", secret: { secretName: secret, defaultMode: 0o440 } }]);
  const mounts = JSON.stringify([{ name: "tls", mountPath: tlsFolder, readOnly: true }]);
  return {
    why: `Nothing mounts Secret ${secret} at ${tlsFolder}, where the listener looks for its certificate: lists of the values (server.volumes, server.volumeMounts) replace those of vault-k8s.`,
    fix: `Add to server.volumes in your values: ${volumes}; and to server.volumeMounts: ${mounts}`,
  };
}

/** The CA file that the vault command in the pods is told to trust. */
function caFile(set: KubeObject, { tls }: VaultSpec): Misfit | undefined {
  const env = list(at(ownContainer(at(set["spec"], "template", "spec")), "env"));
  const told = text(
    at(
      env.find((one) => at(one, "name") === "VAULT_CACERT"),
      "value",
    ),
  );
  if (told === undefined || told === `${tlsFolder}/ca.crt` || tls.certificate.kind !== "own" || secretAt(set, told) !== undefined)
    return undefined;
  return {
    why: `server.extraEnvironmentVars.VAULT_CACERT tells the pods to trust ${told}, which nothing mounts.`,
    fix: `Take server.extraEnvironmentVars.VAULT_CACERT out of the values: it is ${tlsFolder}/ca.crt.`,
  };
}

const controls: readonly Control[] = [placed, kept, lasting, reachable, served, secured];
