/** Something that the person at the keyboard can mend: printed as a sentence, without a stack. */
export class LabError extends Error {}
