/** Gives the text of a setting by its name, or undefined where it has none. */
export type Lookup = (name: string) => string | undefined;

const placeholder = /\$\{([A-Za-z]+)\}/g;

/** Whether a default is written in terms of other settings. */
export const isTemplate = (text: string): boolean => text.search(placeholder) !== -1;

/** Fills in `${name}`; undefined where one of the names has no value, since half a name is no name. */
export function interpolate(template: string, lookup: Lookup): string | undefined {
  let complete = true;
  const text = template.replace(placeholder, (_, name: string) => {
    const value = lookup(name);
    complete &&= value !== undefined;
    return value ?? "";
  });
  return complete ? text : undefined;
}
