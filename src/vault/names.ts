import type { InstallSpec } from "../config/spec/install.ts";

/** The name that Vault's chart gives its objects: https://github.com/hashicorp/vault-helm, templates/_helpers.tpl; OpenBao's does the same. */
export function vaultFullname({ release, chart: { chart } }: Pick<InstallSpec, "release" | "chart">): string {
  const name = /openbao/.test(chart) ? "openbao" : "vault";
  return release.includes(name) ? release : `${release}-${name}`;
}
