// SPDX-License-Identifier: MIT
/** What preparing a tree needs from the world. `src/cli/host.ts` implements it; nothing in this folder does I/O itself. */

export interface CommandOptions {
  readonly cwd: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the command after so many milliseconds. */
  readonly timeoutMs?: number;
  /** Sees every line of standard output as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface CommandResult {
  /** Exit status; 124 after a timeout, 127 where the program was not found. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FileStat {
  readonly kind: "file" | "directory" | "other";
  readonly bytes: number;
  /** Milliseconds. */
  readonly modified: number;
}

export interface Host {
  readonly processors: number;
  /** The folder of the C glue (src/tree/guest). */
  readonly guestDirectory: string;
  /** The folder of src/tree itself as it runs: what is made depends on that code. */
  readonly toolDirectory: string;
  /** The version of cbit: entries made by another one are not used. */
  readonly toolVersion: string;
  /** The version of LLVM that the user wants (CBIT_LLVM); "" for the best one. */
  readonly llvm: string;
  run(command: readonly string[], options: CommandOptions): Promise<CommandResult>;
  /** Full path of a program; null where PATH has none. */
  findProgram(name: string): Promise<string | null>;
  /** @throws where the file cannot be read */
  readBytes(path: string): Promise<Uint8Array>;
  readText(path: string): Promise<string>;
  /** Creates or replaces a file. This and what follows: @throws CbitError (exit 6) where the disk does not let it */
  write(path: string, data: string | Uint8Array): Promise<void>;
  /** Replaces `to` in one step. */
  rename(from: string, to: string): Promise<void>;
  /** With its parents; no error where it is there. */
  makeDirectory(path: string): Promise<void>;
  /** A file or a folder with all that is in it; no error where it is not there. */
  remove(path: string): Promise<void>;
  /** Names, sorted; empty where there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  stat(path: string): Promise<FileStat | null>;
  /** Absolute, without symbolic links. @throws where it does not exist */
  realPath(path: string): Promise<string>;
  /** Holds `path` against other processes; waits while another one does. Call the result to let go. */
  lock(path: string): Promise<() => Promise<void>>;
  /** SHA-256, hexadecimal. */
  hash(data: string | Uint8Array): string;
  /** A name that no other process uses at the same time. */
  uniqueName(): string;
}

/** Stage of a long job, and how much of it is done. */
export type Progress = (stage: string, done?: number, total?: number) => void;
