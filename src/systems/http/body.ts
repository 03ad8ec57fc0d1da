import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { HttpFailure } from "./failure.ts";
import { largestBody } from "./send.ts";

/** How an answer may be packed, as Go programs ask for it. */
export const packed = { "Accept-Encoding": "gzip" } as const;

/**
 * The whole body of an answer as text.
 * @throws HttpFailure when it is too large or packed in a way that was not asked for; Node's own errors when the connection breaks.
 */
export async function bodyOf(answer: IncomingMessage): Promise<string> {
  const bytes = await bytesOf(answer);
  const encoding = answer.headers["content-encoding"] ?? "identity";
  if (bytes.length === 0 || encoding === "identity") return textOf(bytes);
  if (encoding !== "gzip") throw new HttpFailure("malformed", "the answer is compressed in a way that cannot be read");
  return textOf(await unpacked(bytes));
}

/** Without the mark that some put in front of UTF-8. */
const textOf = (bytes: Buffer): string => bytes.toString("utf8").replace(/^\uFEFF/, "");

function bytesOf(answer: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    answer
      .on("data", (piece: Buffer) => {
        size += piece.length;
        if (size > largestBody) reject(tooLarge());
        else pieces.push(piece);
      })
      .once("end", () => resolve(Buffer.concat(pieces)))
      .on("error", reject)
      .once("close", () => reject(new Error("closed")));
  });
}

async function unpacked(bytes: Buffer): Promise<Buffer> {
  const { gunzip } = await import("node:zlib");
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: largestBody });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? tooLarge() : error;
  }
}

const tooLarge = (): HttpFailure => new HttpFailure("too-large", "the answer is larger than 32 MiB");
