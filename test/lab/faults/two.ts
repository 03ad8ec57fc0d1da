import { rmSync } from "node:fs";
import { askedForInit, codeIn } from "./init.ts";
import { command, Person } from "./command.ts";
import type { Row, Vaults } from "./points.ts";
import { proven } from "./proven.ts";

/** `operator init` twice at once against one empty Vault, from two homes: as two people on two machines do it. */
export function twoInits(vaults: Vaults, at: number): Promise<Row> {
  return vaults.with(async ({ vault, person }) => {
    const other = new Person(`${person.data}-other`);
    try {
      const people = [person, other];
      const runs = await Promise.all(people.map((one) => command(vault, one, ["operator", "init"])));
      const found = runs.map((ran) => `exit ${ran.exitCode}${codeIn(ran)}`).join(" and ");
      const row = { at, point: "two at once", found };
      const wrong = (result: string): Row => ({ ...row, result, kind: "wrong" });
      const inits = runs.filter(askedForInit).length;
      if (inits !== 1) return wrong(`${inits} init requests were sent`);
      const keepers = people.filter((one) => one.file("init.json") !== undefined);
      if (keepers.length !== 1) return wrong(`${keepers.length} homes have keys`);
      if (runs.some((ran) => ran.stderr.includes("VK1503"))) return wrong("keys that are there were called lost");
      return { ...row, ...(await proven(vault, keepers[0]!)) };
    } finally {
      rmSync(other.data, { recursive: true, force: true });
    }
  });
}
