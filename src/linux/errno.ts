// SPDX-License-Identifier: MIT
/** Errors of modelled functions: negative numbers as in the kernel. Ref: include/uapi/asm-generic/errno-base.h. */

export const EPERM = 1;
export const EIO = 5;
export const ENXIO = 6;
export const ENOMEM = 12;
export const EFAULT = 14;
export const EBUSY = 16;
export const ENODEV = 19;
export const EINVAL = 22;
export const ENOSPC = 28;
/** @ref include/uapi/asm-generic/errno.h:55 */
export const EMULTIHOP = 72;
