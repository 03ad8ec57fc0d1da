/** A code and what it is called. */
export interface Titled {
  readonly code: string;
  readonly title: string;
}

const heading = /^## (V[DK]\d+) (.+)$/gm;

/** The codes that a page has sections of, in its order. */
export const codesIn = (page: string): Titled[] => [...page.matchAll(heading)].map(([, code = "", title = ""]) => ({ code, title }));

/** The section of a code, from its title to the next one; undefined where the page has none. */
export const sectionOf = (page: string, code: string): string | undefined =>
  page
    .split(/^##? /m)
    .find((section) => section.startsWith(`${code} `))
    ?.trim();
