import { oneLine } from "../../systems/printable.ts";

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Words of servers, fit to stand in a page as text and in an attribute. */
export const htmlWords = (text: string): string => oneLine(text).replace(/[&<>"']/g, (character) => entities[character] ?? "");
