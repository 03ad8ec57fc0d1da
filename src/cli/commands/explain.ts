import { exitCodes } from "../../core/errors.ts";
import { nearest } from "../../config/nearest.ts";
import { failure, kinds } from "../../errors.ts";
import { oneLine } from "../../systems/printable.ts";
import { pageText } from "../render/page.ts";
import type { Run } from "./command.ts";
import { allCodes, markdown } from "./explain/markdown.ts";
import { sectionOf } from "./explain/sections.ts";
import { calledAs } from "../called-as.ts";

/** Prints what the docs say of a code, or all codes with their titles. Reads nothing but what is in the program, and sends nothing. */
export const run: Run = async ({ args: [typed], host: { streams } }) => {
  const { stdout } = streams;
  stdout.write(typed === undefined ? await listed() : pageText(await sectionFor(typed), stdout.isTTY ? stdout.columns : undefined));
  return exitCodes.done;
};

async function sectionFor(typed: string): Promise<string> {
  const code = typed.toUpperCase();
  const section = sectionOf(await markdown(code), code);
  if (section !== undefined) return section;
  const codes = (await allCodes()).map((each) => each.code);
  const meant = nearest(code, codes);
  throw failure(kinds.usage, {
    what: `There is no code ${oneLine(typed)}`,
    why: meant === undefined ? undefined : `Did you mean ${meant}?`,
    fix: `${calledAs()} explain lists all codes.`,
  });
}

const listed = async (): Promise<string> => (await allCodes()).map(({ code, title }) => `${code.padEnd(6)}  ${title}\n`).join("");
