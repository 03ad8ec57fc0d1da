/** Anything whose status says what holds. */
export interface WithStatus {
  readonly metadata: { readonly uid: string; readonly namespace?: string; readonly name: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

export interface Pod extends WithStatus {
  readonly metadata: WithStatus["metadata"] & { readonly labels?: Readonly<Record<string, string>> };
  readonly status?: WithStatus["status"] & {
    readonly podIP?: string;
    readonly containerStatuses?: readonly { readonly state: { readonly running?: { readonly startedAt: string } } }[];
  };
}

export function isReady({ status }: WithStatus): boolean {
  return status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ?? false;
}

/** Whether all its containers run, and were started since a moment: etcd remembers those of before. */
export function ranSince({ status }: Pod, since: Date): boolean {
  const started = (status?.containerStatuses ?? []).map(({ state }) => state.running?.startedAt);
  return started.length > 0 && started.every((at) => at !== undefined && new Date(at) >= since);
}

export function isVaults({ metadata: { labels = {} } }: Pod): boolean {
  return labels["app.kubernetes.io/name"] === "vault" && labels["component"] === "server";
}
