// SPDX-License-Identifier: MIT
/** Errors of the file system in words. */

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left on the device",
  EDQUOT: "the disk quota is used up",
  EIO: "input/output error",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  ELOOP: "its links go round in circles",
  ENAMETOOLONG: "the path is too long",
};

/** What happened; node's own message where there are no words for it. */
export function errnoText(error: unknown): string {
  const { code = "", message = String(error) } = error as NodeJS.ErrnoException;
  return WORDS[code] ?? message;
}
