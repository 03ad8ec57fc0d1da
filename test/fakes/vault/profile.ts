/** What differs between the servers that the tool meets, as far as the fake plays it. */
export interface Profile {
  readonly name: "vault-1.21" | "vault-2" | "openbao-2.6";
  readonly version: string;
  /** How its tokens begin. */
  readonly tokenPrefix: "hvs." | "s.";
  /** Whether sys/leader leaves out what is false or zero, and health and seal status what only Vault has. */
  readonly terse: boolean;
  /** Whether audit devices can be enabled by a request. */
  readonly auditByApi: boolean;
  readonly rootGeneration: RootGenerationProfile;
}

interface RootGenerationProfile {
  readonly path: "sys/generate-root" | "sys/generate-root-token";
  /** Whether anybody may ask; else a token whose policies say so. */
  readonly open: boolean;
  /** Whether answers stand in `data`, not at the top. */
  readonly enveloped: boolean;
}

/**
 * Vault 1.21 and OpenBao 2.6 as they were seen; Vault 2 as its docs say ("Important changes": the endpoints of root generation want a token).
 */
export const profiles: Readonly<Record<Profile["name"], Profile>> = {
  "vault-1.21": {
    name: "vault-1.21",
    version: "1.21.0",
    tokenPrefix: "hvs.",
    terse: false,
    auditByApi: true,
    rootGeneration: { path: "sys/generate-root", open: true, enveloped: false },
  },
  "vault-2": {
    name: "vault-2",
    version: "2.0.4",
    tokenPrefix: "hvs.",
    terse: false,
    auditByApi: true,
    rootGeneration: { path: "sys/generate-root", open: false, enveloped: false },
  },
  "openbao-2.6": {
    name: "openbao-2.6",
    version: "2.6.2",
    tokenPrefix: "s.",
    terse: true,
    auditByApi: false,
    rootGeneration: { path: "sys/generate-root-token", open: false, enveloped: true },
  },
};

/** For tests that run on every one of them. */
export const everyProfile = Object.values(profiles);
