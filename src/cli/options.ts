// SPDX-License-Identifier: MIT
/** Options that several commands share. */

import { usageError } from "./failure.ts";

/** `value`, unless it is empty. @param what names it in the error */
export function filled(what: string, value: string): string {
  if (value.trim() !== "") return value;
  throw usageError(`${what} is empty`, "`cbit COMMAND --help` shows what belongs there.");
}

/** A parser for an option that may be given several times. */
export function collect(option: string): (value: string, before: readonly string[] | undefined) => string[] {
  return (value, before) => [...(before ?? []), filled(option, value)];
}

/** A parser for an option that may be given once: of several, commander would take the last without a word. */
export function single(option: string): (value: string) => string {
  let given: string | null = null;
  return (value) => {
    if (given !== null) throw usageError(`${option} is given twice, as "${given}" and as "${value}"`, `Name one; run cbit once for each ${option}.`);
    given = filled(option, value);
    return given;
  };
}

/** The same for an option that takes a whole number from 1 up. */
export function positive(option: string): (value: string) => number {
  const read = single(option);
  return (value) => {
    if (/^[1-9]\d{0,8}$/.test(read(value))) return Number(value);
    throw usageError(`${option} must be a whole number from 1 to 999999999, not "${value}"`, `For instance ${option} 50.`);
  };
}
