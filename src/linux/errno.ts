// SPDX-License-Identifier: MIT
/** Errors of modelled functions: negative numbers as in the kernel. Ref: include/uapi/asm-generic/errno-base.h. */

export const EIO = 5;
export const ENOMEM = 12;
export const EFAULT = 14;
export const EINVAL = 22;

const NAMES: Readonly<Record<number, string>> = { [EIO]: "EIO", [ENOMEM]: "ENOMEM", [EFAULT]: "EFAULT", [EINVAL]: "EINVAL" };

/** "ENOMEM" for -12. */
export function errnoName(error: number): string {
  return NAMES[-error] ?? `E${-error}`;
}
