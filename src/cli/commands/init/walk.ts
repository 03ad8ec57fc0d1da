import { back, type Questions } from "../../render/questions.ts";
import type { Question, Walk } from "./question.ts";

/** Called after an answer, for what follows from it. May throw to stop the run. */
type After = (id: string, walk: Walk) => Promise<Walk>;

/**
 * Asks one question after the other; back leads to the one that was asked before, with its answer proposed.
 * At the first question back asks it again.
 */
export async function askAll(questions: readonly Question[], given: Walk, ask: Questions, after: After): Promise<Walk> {
  let walk = given;
  const asked: number[] = [];
  for (let at = 0; at < questions.length;) {
    const question = questions[at]!;
    if (question.when !== undefined && !question.when(walk)) {
      at += 1;
      continue;
    }
    const answer = await question.ask(walk, ask);
    if (answer === back) {
      at = asked.pop() ?? at;
      continue;
    }
    walk = await after(question.id, { ...walk, answers: { ...walk.answers, ...answer } });
    asked.push(at);
    at += 1;
  }
  return walk;
}
