import { back, type Questions } from "../render/questions.ts";
import { nobodyChooses, type Choose, type Option } from "./choose.ts";

/** A person at a terminal chooses. */
export const askedAt =
  (ask: Questions): Choose =>
  async (question) => {
    const { about, explain, options } = question;
    if (options.length === 0) return nobodyChooses(question);
    const choices = options.map(({ name, because, loses }, index) => ({
      value: String(index),
      name: `${name} (${loses ?? because})`,
      short: name,
    }));
    let given: Option | undefined;
    // There is no question before this one.
    while (given === undefined) {
      const answer = await ask.select({ message: about, explain, choices });
      given = answer === back ? undefined : options[Number(answer)];
    }
    return given;
  };
