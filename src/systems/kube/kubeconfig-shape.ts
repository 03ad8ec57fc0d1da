import { z } from "zod";
import { clean } from "../words.ts";

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const clusterEntry = z.object({
  server: z.string().min(1),
  "certificate-authority": text,
  "certificate-authority-data": text,
  "insecure-skip-tls-verify": z.boolean().nullish(),
  "tls-server-name": text,
  "proxy-url": text,
});
const execEntry = z.object({
  apiVersion: z.string(),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  provideClusterInfo: z.boolean().nullish(),
  interactiveMode: text,
  installHint: text,
});
const userEntry = z.object({
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  as: text,
  "as-uid": text,
  "as-groups": z.array(z.string()).nullish(),
  "as-user-extra": z.record(z.string(), z.array(z.string())).nullish(),
  exec: execEntry.nullish(),
  "auth-provider": z.looseObject({ name: z.string() }).nullish(),
});
const contextEntry = z.object({ cluster: z.string(), user: text, namespace: text });
const named = <T extends z.ZodType>(key: string, entry: T) =>
  z
    .array(
      z.looseObject({ name: z.string() }).transform((item, context) => {
        const found = entry.safeParse(item[key] ?? {});
        if (!found.success) context.addIssue({ code: "custom", message: `${item.name}: ${issue(found.error)}` });
        return { name: item.name, entry: found.data as z.output<T> };
      }),
    )
    .nullish();
/** One kubeconfig file, https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/. */
export const kubeconfigFile = z.object({
  "current-context": text,
  clusters: named("cluster", clusterEntry),
  users: named("user", userEntry),
  contexts: named("context", contextEntry),
});

export type ClusterEntry = z.output<typeof clusterEntry>;
export type UserEntry = z.output<typeof userEntry>;
export type ExecEntry = z.output<typeof execEntry>;
export type ContextEntry = z.output<typeof contextEntry>;

export type KubeconfigFile = z.output<typeof kubeconfigFile>;

/** The first thing that is wrong with a value, without the value. */
export function issue(error: z.ZodError): string {
  const [first] = error.issues;
  return clean(first === undefined ? "unknown" : [first.path.join("."), first.message].filter((part) => part !== "").join(": "));
}
