import type { HttpAnswer } from "../http/http.ts";
import { wordsOf } from "./refusal.ts";

/** Whether an answer says that no node is active just now, or that what stands before Vault does not reach it: both pass by themselves. */
export function isElection(answer: HttpAnswer): boolean {
  if (answer.status === 502 || answer.status === 504) return true;
  return answer.status >= 500 && /local node not active|no active Vault instance|node is not active/i.test(wordsOf(answer));
}
