// SPDX-License-Identifier: MIT
/**
 * Searches that a bound ended, in files: a line that says what the file is, the SHA-256 of all that follows, a line of JSON with what was
 * searched and how far, then the arrays of the checkpoint, one behind the other, as 32-bit words.
 */

import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { CbitError, EXIT } from "../base/index.ts";
import type { Checkpoint } from "../check/index.ts";
import { obstacle } from "./cache.ts";
import { errnoText } from "./errno.ts";
import { type SubjectName, subjectDifferences } from "./subject.ts";

const MAGIC = "cbit.checkpoint/1\n";

/** The arrays of a checkpoint, in the order in which they stand in the file. */
const ARRAYS = ["parents", "vias", "hashes", "lengths", "sizes", "words", "sleep"] as const;

type ArrayName = (typeof ARRAYS)[number];

interface Header {
  readonly subject: SubjectName;
  readonly numbers: Omit<Checkpoint, ArrayName>;
  /** Words of each array. */
  readonly lengths: Readonly<Record<ArrayName, number>>;
}

/** What is in a checkpoint file. */
export interface CheckpointFile {
  readonly subject: SubjectName;
  readonly checkpoint: Checkpoint;
}

function unreadable(path: string, why: string, cause?: unknown): CbitError {
  return new CbitError({ code: "CBIT-310", exit: EXIT.usage, message: `cannot go on from ${path}: ${why}`, hint: "`cbit explore` names the file when a bound ends a search.", cause });
}

const bytesOf = (array: Uint32Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Hexadecimal, as long as every other one. */
function digestOf(parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

const DIGEST_LENGTH = 64;
/** Where the line of JSON begins. */
const HEADER_START = MAGIC.length + DIGEST_LENGTH + 1;

/** True where a file begins as checkpoints do. */
function isCheckpoint(path: string): boolean {
  const begin = Buffer.alloc(MAGIC.length);
  const file = openSync(path, "r");
  try {
    return readSync(file, begin, 0, MAGIC.length, 0) === MAGIC.length && begin.toString("latin1") === MAGIC;
  } finally {
    closeSync(file);
  }
}

/** Looks at the place of a checkpoint before anything is searched. @throws CbitError (CBIT-311, CBIT-403) where none can or should be written there */
export function assertWritable(path: string): void {
  const failed = (why: string): CbitError => new CbitError({ code: "CBIT-403", exit: EXIT.environment, message: `no checkpoint can be written to ${path}: ${why}`, hint: "Name another file with --checkpoint." });
  let ours = false;
  try {
    ours = statSync(path).isFile() && isCheckpoint(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw failed(errnoText(error));
    const reason = obstacle(dirname(path));
    if (reason !== null) throw failed(reason);
    return;
  }
  if (!ours) {
    throw new CbitError({ code: "CBIT-311", exit: EXIT.usage, message: `${path} is no checkpoint of cbit's, and is left as it is`, hint: "Name a new file with --checkpoint, or one that cbit wrote." });
  }
}

/** Writes a checkpoint, in place of what was there only once it is whole. @throws CbitError (CBIT-403) */
export function writeCheckpoint(path: string, { subject, checkpoint }: CheckpointFile): void {
  const { parents, vias, hashes, lengths, sizes, words, sleep, ...numbers } = checkpoint;
  const arrays = { parents, vias, hashes, lengths, sizes, words, sleep };
  const header: Header = {
    subject,
    numbers,
    lengths: Object.fromEntries(ARRAYS.map((name) => [name, arrays[name].length])) as Record<ArrayName, number>,
  };
  const parts = [Buffer.from(`${JSON.stringify(header)}\n`), ...ARRAYS.map((name) => bytesOf(arrays[name]))];
  const fresh = `${path}.${process.pid}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(fresh, "wx");
    try {
      writeAll(file, Buffer.from(`${MAGIC}${digestOf(parts)}\n`));
      for (const part of parts) writeAll(file, part);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw new CbitError({ code: "CBIT-403", exit: EXIT.environment, message: `the checkpoint cannot be written to ${path}: ${errnoText(error)}`, hint: "Name another file with --checkpoint.", cause: error });
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(bytes.length - at, 1 << 26));
}

/** Reads a checkpoint. @throws CbitError (CBIT-310) where the file is none, or is damaged */
export function readCheckpoint(path: string): CheckpointFile {
  let bytes: Buffer;
  try {
    if (!statSync(path).isFile()) throw unreadable(path, "it is no file");
    if (!isCheckpoint(path)) throw unreadable(path, "it is no checkpoint of cbit's");
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof CbitError) throw error;
    throw unreadable(path, (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : (error as Error).message, error);
  }
  const end = bytes.indexOf("\n", HEADER_START);
  const digest = bytes.toString("latin1", MAGIC.length, HEADER_START - 1);
  if (end < 0 || digestOf([bytes.subarray(HEADER_START)]) !== digest) throw unreadable(path, "the file is damaged");
  const header = JSON.parse(bytes.toString("utf8", HEADER_START, end)) as Header;
  let at = end + 1;
  const arrays = Object.fromEntries(
    ARRAYS.map((name) => {
      const size = header.lengths[name] * 4;
      // Copied, because words have to be aligned.
      const array = new Uint32Array(Uint8Array.prototype.slice.call(bytes, at, at + size).buffer);
      at += size;
      return [name, array];
    }),
  ) as Record<ArrayName, Uint32Array>;
  return { subject: header.subject, checkpoint: { ...header.numbers, ...arrays } };
}

/** @throws CbitError (CBIT-312) where a checkpoint is of another search than the one that is to go on */
export function assertSameSubject(path: string, file: SubjectName, here: SubjectName): void {
  const differences = subjectDifferences(file, here);
  if (differences.length === 0) return;
  throw new CbitError({
    code: "CBIT-312",
    exit: EXIT.usage,
    message: `${path} is of another search: ${differences.join("; ")}`,
    hint: "A search goes on with what it began with; begin anew without --resume.",
  });
}
