import { describe, expect, it } from "vitest";
import { commands } from "../../../src/cli/commands/table.ts";
import { typedAgain } from "../../../src/cli/commands/typed-again.ts";

const flags = { cluster: "prod", kubeconfig: "/k/config", output: "json", yes: true };
const again = (text: string): string => typedAgain(text, { flags, commands });

describe("a text that names commands of ours", () => {
  it.each([
    [
      "vault-k8s operator unseal unseals every pod; or unseal it by hand: vault operator unseal",
      "vault-k8s operator unseal --cluster prod --kubeconfig /k/config unseals every pod; or unseal it by hand: vault operator unseal",
    ],
    [
      "A new one: vault-k8s operator generate-root -- vault-k8s operator retire-root, each with the flags of this run. On Vault 2 too.",
      "A new one: vault-k8s operator generate-root --cluster prod --kubeconfig /k/config -- vault-k8s operator retire-root --cluster prod --kubeconfig /k/config. On Vault 2 too.",
    ],
    [
      "vault-k8s preflight, with the same flags, prints all; gpg -d | vault-k8s operator unseal - (with the flags of this run)",
      "vault-k8s preflight --cluster prod --kubeconfig /k/config prints all; gpg -d | vault-k8s operator unseal --cluster prod --kubeconfig /k/config -",
    ],
  ])("says the flags of the run behind each: %s", (text, whole) => expect(again(text)).toBe(whole));

  it.each([
    "Type it: vault-k8s secret put team/db - --cluster prod",
    "vault-k8s explain VK1203 says more, and vault-k8s takes over no field that another tool set",
    "Look in /home/x/vault-k8s status, or at vault-k8s.io/v1; it is managed by vault-k8s, cluster UID",
    "vault-k8s config save --install-namespace own --release own --operator-namespace eso --cluster prod --kubeconfig /k/config",
    "kubectl vault-k8s role --cluster prod && kubectl vault-k8s auth --cluster prod",
    "Run the same command again, with the flags of this run",
  ])("stays as it is where it names none, or says its flags: %s", (text) => expect(again(text)).toBe(text));

  it("says the flags behind the first of two commands, where only the second has them", () =>
    expect(again("vault-k8s tls, or: vault-k8s auth --cluster prod")).toBe(
      "vault-k8s tls --cluster prod --kubeconfig /k/config, or: vault-k8s auth --cluster prod",
    ));

  it("has nothing to add where a file says all", () =>
    expect(typedAgain("vault-k8s tls makes it", { flags: {}, commands })).toBe("vault-k8s tls makes it"));
});
