/** Whether a name fits a pattern in which `*` stands for any characters, `/` and `:` too: names of EKS are ARNs. All else stands for itself. */
export function fits(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*")}$`).test(name);
}
