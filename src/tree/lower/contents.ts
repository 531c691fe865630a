// SPDX-License-Identifier: MIT
/**
 * Loads of bytes in files that read page contents by plain instructions: after PVALIDATE a guest reads the first and the last byte of the
 * page, which evicts what caches hold of it. The guest's function (src/tree/guest/common/memory.c) asks the machine where the address
 * is one of contents. Ref: arch/x86/coco/sev/shared.c sev_evict_cache; arch/x86/kernel/sev.c before Linux 6.10.
 */

const FILES = /^arch\/x86\/(?:coco\/sev\/core|kernel\/sev)\.c$/;
const LOAD = /^ {2}(%[-\w$.]+) = load (?:volatile )?i8, ptr (%[-\w$.]+), align \d+/;

export const CONTENTS_DECLARATION = "declare i32 @cbit_load_byte(ptr)";

/** True for the files whose loads of bytes are looked at. */
export function readsContents(file: string): boolean {
  return FILES.test(file);
}

/** The call that stands for a load of a byte; null where the line is none. @param prefix a name that no other value of the function has, without "%" */
export function lowerByteLoad(line: string, prefix: string): string[] | null {
  const load = LOAD.exec(line);
  return load === null ? null : [`  %${prefix}.byte = call i32 @cbit_load_byte(ptr ${load[2]})`, `  ${load[1]} = trunc i32 %${prefix}.byte to i8`];
}
