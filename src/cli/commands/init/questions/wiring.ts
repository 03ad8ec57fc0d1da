import type { FieldName } from "../../../../config/fields.ts";
import type { Flags } from "../../../../config/sources.ts";
import { askedAt } from "../../../found/ask.ts";
import { wiringFrom } from "../../../found/wiring.ts";
import { back } from "../../../render/questions.ts";
import type { Answers } from "../answers.ts";
import type { Question } from "../question.ts";
import { madeByOthers } from "../wired.ts";
import type { WiredInVault } from "../wired-in-vault.ts";

/** Asked where the cluster is wired to the Vault that was chosen, under other names than ours would be. */
export const wiring: Question = {
  id: "wiring",
  when: (walk) => madeByOthers(walk).length > 0,
  ask: async (walk, ask) => {
    const there = madeByOthers(walk);
    const given = await ask.select({
      message: "The cluster is wired to it already. Go on with that?",
      explain: there.map(({ mount, because }) => `auth/${mount}: ${because}.`).join(" "),
      choices: [
        { value: "there", name: `with what is there: ${there.map(({ mount }) => `auth/${mount}`).join(", ")}, its role, policy and store` },
        { value: "new", name: "no: a new mount, role and policy beside it" },
      ],
      proposed: "there",
    });
    if (given === back) return back;
    if (given === "new") return {};
    const { cluster, vault, given: said, settle } = walk.wired!;
    const { settings } = await wiringFrom({ cluster, vault }, { given: said, choose: askedAt(ask), settle });
    return await withoutDefaults(settings, settle);
  },
};

/** What is said already, or is the default, is no answer. */
async function withoutDefaults(settings: Flags, settle: WiredInVault["settle"]): Promise<Answers> {
  const [before, after] = await Promise.all([settle({}), settle(settings)]);
  const same = (name: FieldName): boolean => JSON.stringify(before[name]) === JSON.stringify(after[name]);
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !same(name as FieldName))) as Answers;
}
