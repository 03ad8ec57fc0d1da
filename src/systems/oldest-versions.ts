/** The oldest version of something that will do, and why. */
export interface OldestVersion {
  readonly title: string;
  readonly version: string;
  readonly because: string;
}

/** Of what every run works with. README, "What it needs". */
export const oldest = {
  helm: { title: "helm", version: "3.14", because: "older ones do not know the labels of releases in full" },
  kubernetes: { title: "Kubernetes", version: "1.22", because: "server-side apply is stable since then" },
  vault: {
    title: "Vault",
    version: "1.13",
    because:
      "older ones do not see to it that Kubernetes reviewed a token for the role's audience, and answer a login for another audience as a failure (500), not as a refusal",
  },
} as const satisfies Readonly<Record<string, OldestVersion>>;

export interface TooOld {
  /** "Vault 1.12.3 is older than 1.13" */
  readonly what: string;
  readonly wanted: string;
  readonly because: string;
}

/**
 * How a version is older than will do; undefined where it does. What comes behind major and minor does not count. A version that does not
 * say both is taken as it is, and so is 0.0, as development builds call themselves. OpenBao's begin at 2.0: it comes from Vault 1.14.
 */
export function tooOld({ title, version: wanted, because }: OldestVersion, version: string): TooOld | undefined {
  const [major, minor] = (/^v?(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  if (major === undefined || minor === undefined || (major === 0 && minor === 0)) return undefined;
  const [least = 0, second = 0] = wanted.split(".").map(Number);
  if (major > least || (major === least && minor >= second)) return undefined;
  return { what: `${title} ${version} is older than ${wanted}`, wanted, because };
}
