import { LabError } from "../errors.ts";

/** The name of a state, which is also the name of a folder. @throws LabError */
export function named(name: string | undefined): string {
  if (name !== undefined && /^[a-z][a-z0-9-]*$/.test(name)) return name;
  throw new LabError("A state needs a name of small letters, digits and hyphens: npm run lab -- save wired");
}
