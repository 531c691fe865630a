// SPDX-License-Identifier: MIT
/** Names of error numbers, as results have them. Ref: include/uapi/asm-generic/errno-base.h, errno.h. */

const NAMES: Readonly<Record<number, string>> = {
  1: "EPERM", 2: "ENOENT", 4: "EINTR", 5: "EIO", 6: "ENXIO", 11: "EAGAIN", 12: "ENOMEM", 14: "EFAULT", 16: "EBUSY", 17: "EEXIST",
  19: "ENODEV", 22: "EINVAL", 28: "ENOSPC", 34: "ERANGE", 35: "EDEADLK", 95: "EOPNOTSUPP", 110: "ETIMEDOUT", 114: "EALREADY", 121: "EREMOTEIO",
};

/** "ENOMEM" for -12. */
export function errnoName(error: number): string {
  return NAMES[-error] ?? `E${-error}`;
}
