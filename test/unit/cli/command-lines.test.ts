import { describe, expect, it } from "vitest";
import type { Flags } from "../../../src/config/sources.ts";
import { commands } from "../../../src/cli/commands/table.ts";
import { commandLinesFor } from "../../../src/cli/commands/command-lines.ts";

/** The line of another command, after these flags were typed. */
function line(flags: Flags, command: string, ...rest: readonly string[]): string {
  return commandLinesFor({ flags, commands }).own(command, ...rest);
}

describe("the line of another command", () => {
  it("says again where the cluster and Vault are, as it was typed", () => {
    const flags: Flags = { cluster: "prod", context: "arn:x/prod", vaultContext: "hub's", caCert: "my ca.pem", kvMount: "secrets" };
    expect(line(flags, "secret put", "team/db")).toBe(
      `vault-k8s secret put team/db --cluster prod --context arn:x/prod --vault-context 'hub'\\''s' --ca-cert 'my ca.pem' --kv-mount secrets`,
    );
    expect(line({ cluster: "prod", vaultAddr: "https://v:8200", config: "other.yaml" }, "store")).toMatch(
      /^vault-k8s store (?=.*--cluster prod)(?=.*--vault-addr https:\/\/v:8200)(?=.*--config other\.yaml)/,
    );
  });

  it("leaves out what the command does not take, and what is about one run only", () => {
    const flags: Flags = { cluster: "prod", replicas: "5", secrets: ["db"], output: "json", dryRun: true, yes: true, timeout: "1s" };
    expect(line(flags, "secret put", "db")).toBe("vault-k8s secret put db --cluster prod");
    expect(line(flags, "secret")).toBe("vault-k8s secret --cluster prod --secret db");
  });

  it("says a flag once, and leaves ~ to the shell", () => {
    const flags: Flags = { cluster: "prod", adminAuth: "oidc", vaultTokenFile: "/t" };
    const rest = ["--admin-auth", "ldap", "--vault-token-file", "~/.vault token"];
    expect(line(flags, "operator retire-root", ...rest)).toBe(
      "vault-k8s operator retire-root --admin-auth ldap --vault-token-file ~/'.vault token' --cluster prod",
    );
  });

  it("knows switches, also as a saved plan says them", () => {
    expect(line({ cluster: "prod", install: true }, "policy")).toBe("vault-k8s policy --cluster prod --install");
    expect(line({ cluster: "prod", install: "true" }, "policy")).toBe("vault-k8s policy --cluster prod --install");
    expect(line({ cluster: "prod", hostProof: "false" }, "auth")).toBe("vault-k8s auth --cluster prod --no-host-proof");
  });

  it("never prints what a chart is told and looks like a secret", () => {
    const flags: Flags = { cluster: "prod", set: ["server.license.secret=canary", "server.replicas=3"] };
    expect(line(flags, "plan")).toBe("vault-k8s plan --cluster prod --set server.license.secret=VALUE --set server.replicas=3");
  });
});
