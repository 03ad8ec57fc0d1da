import { readFile } from "node:fs/promises";
import { failure, kinds } from "../errors.ts";

/** How documents are encrypted in files, and decrypted. */
export interface Sealing {
  /** Whether what is written is encrypted. */
  readonly seals: boolean;
  /** Why what is written cannot be read back here. */
  readonly unproven: string | undefined;
  seal(text: string): Promise<string>;
  /** Plain text is given back as it is. @param where For people. Throws VK1504 where no identity is named, VK1009 where none fits. */
  open(text: string, where: string): Promise<string>;
}

const begin = "-----BEGIN AGE ENCRYPTED FILE-----";
export const sealedEnd = "-----END AGE ENCRYPTED FILE-----";

/** Whether a text is an armoured age file, https://age-encryption.org/v1. */
export const isSealed = (text: string): boolean => text.trimStart().startsWith(begin);

/**
 * age, https://age-encryption.org: encrypts for the recipients, where there are any; decrypts with the identities in a file.
 * The library is loaded when it is needed.
 */
export function ageSealing(recipients: readonly string[], identityFile: string | undefined): Sealing {
  return {
    seals: recipients.length > 0,
    unproven:
      recipients.length > 0 && identityFile === undefined
        ? "it is encrypted, and no --keys-age-identity is named to read it back"
        : undefined,
    seal: async (text) => (recipients.length === 0 ? text : await encrypt(text, recipients)),
    open: async (text, where) => (isSealed(text) ? await decrypt(text, where, identityFile) : text),
  };
}

async function encrypt(text: string, recipients: readonly string[]): Promise<string> {
  const { Encrypter, armor } = await import("age-encryption");
  const encrypter = new Encrypter();
  for (const recipient of recipients) addRecipient(encrypter, recipient);
  return `${armor.encode(await encrypter.encrypt(text)).trim()}\n`;
}

function addRecipient(encrypter: { addRecipient(recipient: string): void }, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch {
    throw failure(kinds.badValue, {
      what: `"${recipient.slice(0, 80)}" is not an age recipient`,
      why: "A recipient begins with age1; age-keygen prints it.",
      fix: "Correct --keys-age-recipient.",
    });
  }
}

async function decrypt(text: string, where: string, identityFile: string | undefined): Promise<string> {
  if (identityFile === undefined)
    throw failure(kinds.noKeys, {
      what: `${where} is encrypted with age`,
      why: "No identity is named that could decrypt it.",
      fix: "Name the identity file with --keys-age-identity.",
    });
  const { Decrypter, armor } = await import("age-encryption");
  const decrypter = new Decrypter();
  for (const identity of await identities(identityFile)) addIdentity(decrypter, identity, identityFile);
  try {
    return await decrypter.decrypt(armor.decode(text), "text");
  } catch {
    throw failure(kinds.badInput, {
      what: `${where} cannot be decrypted`,
      why: `It was not encrypted for an identity of ${identityFile}, or it is damaged.`,
      fix: "Name the right identity file with --keys-age-identity.",
    });
  }
}

/** The lines of an identity file as age-keygen writes it. */
async function identities(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw failure(kinds.badInput, {
      what: `The age identity ${file} cannot be read`,
      why: error.code,
      fix: "Correct --keys-age-identity.",
    });
  });
  const found = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (found.length > 0) return found;
  throw notIdentity(file);
}

function addIdentity(decrypter: { addIdentity(identity: string): void }, identity: string, file: string): void {
  try {
    decrypter.addIdentity(identity);
  } catch {
    throw notIdentity(file);
  }
}

const notIdentity = (file: string) =>
  failure(kinds.badInput, {
    what: `${file} is not an age identity`,
    why: "Its lines begin with AGE-SECRET-KEY-; identities with a passphrase and SSH keys are not taken.",
    fix: "Name a file as age-keygen writes it with --keys-age-identity.",
  });
