import { randomUUID } from "node:crypto";
import type { Storage } from "./storage.ts";

/** A root generation that is under way. */
export interface RootAttempt {
  readonly nonce: string;
  readonly otp: string;
  readonly shares: string[];
}

/** One Vault process: what it stores (shared with those it has joined), and what it only has in memory. */
export class VaultNode {
  readonly name: string;
  /** Where the test really reaches it; known once it serves. */
  url = "";
  /** What it calls itself towards the others. */
  readonly peerAddress: string;
  /** Undefined until it is initialised or has joined. */
  storage: Storage | undefined;
  /** When it was unsealed, by a counter: the first of them is active. Undefined while sealed. */
  unsealedAt: number | undefined;
  collected: string[] = [];
  nonce = "";
  /** It has joined, and is no member before it is unsealed. */
  joining = false;
  /** Its volume knows that it was removed from the raft. */
  removed = false;
  /** It lags behind the leader, as autopilot sees it. */
  lags = false;
  /** What it says that it is. */
  version: string;
  /** Known to nobody else: it ends with the process. */
  rootAttempt: RootAttempt | undefined;
  /** The pod that it runs in, and the volume that it stores on, by uid; undefined before it had one. */
  pod: string | undefined;
  volume: string | undefined;
  /** How often its container was started again within that pod. */
  restarts = 0;

  constructor(name: string, peerAddress: string, version: string) {
    this.name = name;
    this.peerAddress = peerAddress;
    this.version = version;
  }

  get sealed(): boolean {
    return this.unsealedAt === undefined;
  }

  collect(share: string): void {
    if (this.collected.length === 0) this.nonce = randomUUID();
    if (!this.collected.includes(share)) this.collected.push(share);
  }

  forget(): void {
    this.collected = [];
    this.nonce = "";
  }

  /** As after a crash or a new start of its pod: sealed, its storage kept. */
  restart(): void {
    this.restarts += 1;
    this.unsealedAt = undefined;
    this.rootAttempt = undefined;
    this.forget();
  }

  /** It came to an empty volume. */
  wipe(): void {
    this.storage = undefined;
    [this.joining, this.removed] = [false, false];
    this.restart();
  }
}
