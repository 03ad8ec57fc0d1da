import type { Spec } from "../../config/spec.ts";
import type { Command } from "../../core/resource.ts";
import { shellText } from "../../core/shell-text.ts";
import { owner } from "../../kubernetes/ownership.ts";
import type { Content } from "../../systems/content.ts";
import type { Readers } from "../../systems/world.ts";
import { clusterCa } from "../cluster-ca.ts";
import { accessorOf } from "../mounts.ts";
import { reviewerKindOf } from "../reviewer/kinds.ts";
import { configuredAnnotation } from "../reviewer/token.ts";
import { currentSecret } from "../reviewer/token-secrets.ts";
import { vaultWrite } from "../vault-write.ts";
import { readable } from "./config-body.ts";
import { reviewAddress } from "./kubernetes-host.ts";

/** Without the token: that is read from its Secret when it is written. */
export async function content(read: Readers, spec: Spec, path: string): Promise<Content> {
  const { script } = reviewerKindOf(spec.wiring.reviewer);
  const address = await reviewAddress(read, spec.wiring.apiServer, script.ownPod ? "" : await clusterCa(read));
  const write = { kind: "write", file: "config.json", path, body: readable(address, script.ownPod) } as const;
  const token = '"$work/reviewer-token"';
  const fetched = await script.token?.(spec, read);
  // A pipe ends as its last command does, and Vault would take an empty token for none.
  return fetched === undefined ? write : { ...write, before: [fetched, `[ -s ${token} ]`], more: [`token_reviewer_jwt=@${token}`] };
}

/** Token and CA go from where they are into files, and from there to Vault; then the Secret is told which token Vault has. */
export async function command(read: Readers, spec: Spec, path: string): Promise<Command> {
  const { reviewer, authMount: mount, apiServer } = spec.wiring;
  const { script } = reviewerKindOf(reviewer);
  const { kubernetes_ca_cert: _ca, ...known } = readable(await reviewAddress(read, apiServer, ""), script.ownPod);
  const { context } = read.kube;
  const [token, ca] = await Promise.all([script.token?.(spec, read), apiServer.caCert === undefined ? script.ca(spec, read) : undefined]);
  const credentials = { code: [token, ca].filter((line) => line !== undefined).join("\n") };
  const write = { code: vaultWrite(path, known) };
  const ca_file = apiServer.caCert ?? { code: '"$work/reviewer-ca.crt"' };
  if (script.ownPod) return { lines: write.code, needs: ["vault"] };
  if (token === undefined)
    return { lines: shellText("wiring/auth-config-no-token.sh", { credentials, write, ca_file }), needs: ["vault", "work"] };
  if (!script.notes)
    return { lines: shellText("wiring/auth-config-requested.sh", { credentials, write, ca_file }), needs: ["vault", "work"] };
  const { name: secret, namespace = "" } = await currentSecret(read, reviewer);
  const accessor = { code: accessorOf("sys/auth", mount) };
  const about = { context, namespace, owner, secret, annotation: configuredAnnotation };
  return {
    lines: shellText("wiring/auth-config.sh", { credentials, write, ca_file, accessor, ...about }),
    needs: ["vault", "work", "sha256"],
  };
}
