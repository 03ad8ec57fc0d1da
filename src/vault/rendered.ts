import { at, list, text, number } from "../core/values.ts";
import type { KubeObject } from "../systems/world.ts";
import { vaultContainer } from "../systems/vault-pods.ts";

/** What a rendered chart says of Vault. */
export interface Rendered {
  readonly set: KubeObject;
  /** Services that choose the set's pods. */
  readonly services: readonly KubeObject[];
  /** Vault's configuration; undefined where it is not found. */
  readonly config: string | undefined;
  readonly scheme: "http" | "https";
  /** Of the container. */
  readonly port: number;
}

/** The StatefulSet of Vault's servers, by its container and its labels, whatever it is called; undefined where the chart makes none. */
export function serverSet(objects: readonly KubeObject[]): KubeObject | undefined {
  const sets = objects.filter(({ kind }) => kind === "StatefulSet");
  const labels = (set: KubeObject): unknown => at(set["spec"], "template", "metadata", "labels");
  const named = (set: KubeObject): boolean => containers(set).some((one) => /^(vault|openbao)$/.test(text(at(one, "name")) ?? ""));
  return sets.find((set) => at(labels(set), "component") === "server" && named(set)) ?? sets.find(named);
}

const containers = (set: KubeObject): readonly unknown[] => list(at(set["spec"], "template", "spec", "containers"));

/** Undefined where there is no server. */
export function rendered(objects: readonly KubeObject[]): Rendered | undefined {
  const set = serverSet(objects);
  if (set === undefined) return undefined;
  const { name } = set.metadata;
  const own = vaultContainer(at(set["spec"], "template", "spec") as Parameters<typeof vaultContainer>[0]);
  const ports = list(at(own, "ports"));
  const env = list(at(own, "env"));
  const address = ["VAULT_ADDR", "BAO_ADDR"].flatMap(
    (each) =>
      text(
        at(
          env.find((one) => at(one, "name") === each),
          "value",
        ),
      ) ?? [],
  )[0];
  const config = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === `${name}-config`);
  return {
    set,
    services: objects.filter(({ kind, spec }) => kind === "Service" && at(spec, "selector", "component") === "server"),
    config: text(at(config?.["data"], "extraconfig-from-values.hcl")),
    scheme: address?.startsWith("https:") === true ? "https" : "http",
    port:
      number(
        at(
          ports.find((one) => /^https?$/.test(text(at(one, "name")) ?? "")),
          "containerPort",
        ),
      ) ?? 8200,
  };
}

interface Listener {
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly disabled: boolean;
}

/** Of the first tcp listener of a configuration in HCL or JSON: https://developer.hashicorp.com/vault/docs/configuration/listener/tcp */
export function listenerOf(config: string): Listener {
  const text = config.replace(/^\s*(#|\/\/).*$/gm, "");
  const value = (name: string): string | undefined => new RegExp(`\\b${name}"?\\s*[:=]\\s*"?([^"\\s,]+)`).exec(text)?.[1];
  return { certificate: value("tls_cert_file"), key: value("tls_key_file"), disabled: /^(1|true|yes)$/i.test(value("tls_disable") ?? "") };
}
