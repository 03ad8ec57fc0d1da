import type { Agent } from "node:http";
import { Pace } from "./pace.ts";

/** A way to a Vault that several runs share: its connections, and how fast it is asked. */
interface Way {
  readonly agent: Agent;
  readonly pace: Pace;
}

/** The ways of runs that go on at the same time. Hand it to each of them; who made it closes it after the last one. */
export class Ways {
  readonly #known = new Map<string, Way>();

  /** @param key which address it is, and whom is trusted there */
  of(key: string, agent: () => Agent): Way {
    const known = this.#known.get(key) ?? { agent: agent(), pace: new Pace() };
    this.#known.set(key, known);
    return known;
  }

  close(): void {
    for (const { agent } of this.#known.values()) agent.destroy();
  }
}
