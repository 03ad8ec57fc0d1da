import type { Sent } from "./lacking.ts";

/**
 * What generates root with a token: Vault's paths, and OpenBao's since 2.6. Which of them a server has does not count: an upgrade must not
 * close the way.
 */
export const rootGenerationPaths: readonly Sent[] = [
  { path: "sys/generate-root/attempt", capabilities: ["read", "update", "delete"] },
  { path: "sys/generate-root/update", capabilities: ["update"] },
  { path: "sys/generate-root-token/attempt", capabilities: ["create", "read", "update", "delete"] },
  { path: "sys/generate-root-token/update", capabilities: ["create", "update"] },
];
