// SPDX-License-Identifier: MIT
/** The file of `--output`: there as a whole or not at all. */

import { accessSync, constants, realpathSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CbitError, EXIT } from "../base/index.ts";

const WHY: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "there is no space left",
  EDQUOT: "the quota is used up",
  ENOTDIR: "a part of the path is not a folder",
  ELOOP: "its links go round in circles",
  ENAMETOOLONG: "its name is too long",
};

/** A file that a report goes to. */
export class OutputFile {
  /** As the user named it. */
  readonly path: string;

  /** Looks at the place before the work begins. @throws CbitError (CBIT-404) where nothing can be written there */
  constructor(path: string) {
    this.path = path;
    this.#trying(() => {
      const target = this.#target();
      if (target.stats?.isDirectory() === true) throw this.#failed("it is a folder");
      const folder = dirname(target.path);
      if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw this.#failed(`there is no folder ${folder}`);
      accessSync(target.stats === undefined ? folder : target.path, constants.W_OK);
    });
  }

  /**
   * Writes the file beside its place and moves it there, so that nobody reads half of it. What is no regular file, a pipe or
   * a device, is written to as it is.
   * @throws CbitError (CBIT-404)
   */
  write(text: string): void {
    this.#trying(() => {
      const { path, stats } = this.#target();
      if (stats !== undefined && !stats.isFile()) return writeFileSync(path, text);
      const beside = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
      try {
        writeFileSync(beside, text, { flag: "wx", flush: true, mode: stats === undefined ? 0o666 : stats.mode & 0o777 });
        renameSync(beside, path);
      } catch (error) {
        rmSync(beside, { force: true });
        throw error;
      }
    });
  }

  /** What a link leads to is replaced, not the link. */
  #target(): { readonly path: string; readonly stats: Stats | undefined } {
    const stats = statSync(this.path, { throwIfNoEntry: false });
    return { path: stats === undefined ? this.path : realpathSync(this.path), stats };
  }

  #failed(why: string, cause?: unknown): CbitError {
    return new CbitError({ code: "CBIT-404", exit: EXIT.environment, message: `cannot write ${this.path}: ${why}`, hint: "Name another file with --output; without it everything goes to standard output.", cause });
  }

  #trying(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof CbitError) throw error;
      const { code = "", message } = error as NodeJS.ErrnoException;
      throw this.#failed(WHY[code] ?? message, error);
    }
  }
}
