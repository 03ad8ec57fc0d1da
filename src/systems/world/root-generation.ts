/** How far a root generation is, as Vault tells anybody who may ask. */
export interface RootGenerationStatus {
  /** Whether one is under way. */
  readonly started: boolean;
  /** Of the one that is under way; empty where none is. */
  readonly nonce: string;
  /** Keys that were given. */
  readonly progress: number;
  /** Keys that are needed; 0 where there are none, as with an auto-unseal without recovery keys. */
  readonly required: number;
}

/** A root token from a quorum of unseal or recovery keys. Vault knows one at a time, in the memory of its active server. */
export interface RootGeneration {
  /** Where it is served, e.g. "sys/generate-root". */
  readonly path: string;
  status(): Promise<RootGenerationStatus>;
  /** Begins one. The password that the token is encoded with is told once. Throws VK1208 where one is under way. */
  start(): Promise<RootGenerationStatus & { readonly otp: string }>;
  /** Gives one key. With the last one the encoded token comes, and the generation has ended. Throws VK1208 with Vault's words. */
  give(key: string, nonce: string): Promise<RootGenerationStatus & { readonly encodedToken: string | undefined }>;
  /** Ends whichever is under way: Vault takes no nonce here. */
  cancel(): Promise<void>;
}

/** Whether a token may generate root, and where. */
export type WayToRoot =
  | { readonly kind: "open"; readonly generation: RootGeneration }
  /** `denied`: the server has it, and not for this token. `absent`: the server lets nobody do it. */
  | { readonly kind: "denied" | "absent"; readonly reason: string };
