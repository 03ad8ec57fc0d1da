import { z } from "zod";
import { clean } from "../words.ts";

/** What is null or "" is not set. */
const text = z
  .string()
  .nullish()
  .transform((value) => (value === "" ? undefined : (value ?? undefined)));
/** In lines or not, as Go reads it. */
const bytes = text.refine(
  (value = "") => /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(value.replaceAll(/[\r\n]/g, "")),
  "it is not base64",
);
const clusterEntry = z.object({
  server: text.transform((value) => value ?? ""),
  "certificate-authority": text,
  "certificate-authority-data": bytes,
  "insecure-skip-tls-verify": z.boolean().nullish(),
  "tls-server-name": text,
  "proxy-url": text,
  "disable-compression": z.boolean().nullish(),
  extensions: z.array(z.object({ name: text, extension: z.unknown() }).nullable()).nullish(),
});
const execEntry = z.object({
  apiVersion: text,
  command: text,
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: text, value: text })).nullish(),
  provideClusterInfo: z.boolean().nullish(),
  interactiveMode: text,
  installHint: text,
});
const userEntry = z.object({
  "client-certificate": text,
  "client-certificate-data": bytes,
  "client-key": text,
  "client-key-data": bytes,
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
const contextEntry = z.object({ cluster: text.transform((value) => value ?? ""), user: text, namespace: text });

/** One named entry of a list. Only the one that is chosen has to hold together. */
export interface Named<T> {
  readonly name: string;
  /** Undefined where it does not have its shape. */
  readonly entry: T | undefined;
  /** Why it cannot be used, without what it holds. */
  readonly flaw: string | undefined;
}

const list = <T extends z.ZodType>(key: string, entry: T) =>
  z
    .array(z.unknown())
    .nullish()
    .transform((items) => {
      const named = (items ?? []).flatMap((item) => judged(key, entry, item));
      const counts = new Map<string, number>();
      for (const { name } of named) counts.set(name, (counts.get(name) ?? 0) + 1);
      return named.map((one) => ((counts.get(one.name) ?? 0) > 1 ? { ...one, flaw: "It is there more than once." } : one));
    });

function judged<T extends z.ZodType>(key: string, entry: T, item: unknown): Named<z.output<T>>[] {
  const outer = z.looseObject({ name: text }).safeParse(item);
  if (!outer.success) return [];
  const found = entry.safeParse(outer.data[key] ?? {});
  const flaw = found.success ? undefined : `It does not have its shape: ${issue(found.error)}.`;
  return [{ name: outer.data.name ?? "", entry: found.data, flaw }];
}

/** One kubeconfig file, https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/. */
export const kubeconfigFile = z.object({
  apiVersion: text.refine((version) => version === undefined || version === "v1", "it is not v1"),
  kind: text.refine((kind) => kind === undefined || kind === "Config", "it is not Config"),
  "current-context": text,
  clusters: list("cluster", clusterEntry),
  users: list("user", userEntry),
  contexts: list("context", contextEntry),
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
