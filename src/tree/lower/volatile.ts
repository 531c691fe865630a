// SPDX-License-Identifier: MIT
/**
 * Volatile loads and stores of integers in files of drivers: what they reach may be contents of pages, by a mapping that
 * plain wasm memory does not have (src/tree/guest/driver-own/volatile.c).
 */

const STORE = /^ {2}store volatile (i(?:8|16|32|64)) ([^,]+), ptr (.+), align \d+/;
const LOAD = /^ {2}(%[-\w$.]+) = load volatile (i(?:8|16|32|64)), ptr (.+), align \d+/;

export const VOLATILE_DECLARATIONS = ["declare void @cbit_volatile_store(ptr, i64, i32)", "declare i64 @cbit_volatile_load(ptr, i32)"] as const;

/** The calls that stand for an access; null where the line is none. @param prefix a name that no other value of the function has, without "%" */
export function lowerVolatile(line: string, prefix: string): string[] | null {
  const store = STORE.exec(line);
  if (store !== null) {
    const [, type, value, to] = store;
    const wide = type === "i64" ? value! : `%${prefix}.wide`;
    const bytes = Number(type!.slice(1)) / 8;
    return [...(type === "i64" ? [] : [`  ${wide} = zext ${type} ${value} to i64`]), `  call void @cbit_volatile_store(ptr ${to}, i64 ${wide}, i32 ${bytes})`];
  }
  const load = LOAD.exec(line);
  if (load === null) return null;
  const [, name, type, from] = load;
  const call = `call i64 @cbit_volatile_load(ptr ${from}, i32 ${Number(type!.slice(1)) / 8})`;
  return type === "i64" ? [`  ${name} = ${call}`] : [`  %${prefix}.wide = ${call}`, `  ${name} = trunc i64 %${prefix}.wide to ${type}`];
}
