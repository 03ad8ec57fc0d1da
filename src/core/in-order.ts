/** All at once; of several failures the first in order is thrown, so that a run says the same each time. */
export async function inOrder<const T extends readonly unknown[]>(questions: { readonly [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const answers = await Promise.allSettled(questions);
  const failed = answers.find((answer) => answer.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return answers.map((answer) => (answer as PromiseFulfilledResult<unknown>).value) as unknown as T;
}
