// SPDX-License-Identifier: MIT
/** Options that several commands share. */

import { CbitError, EXIT, nearest } from "../base/index.ts";
import type { DriverProfile } from "../kernel/index.ts";
import { usageError } from "./failure.ts";

/** Collects an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** A parser for an option that takes a whole number from 1 up. */
export function positive(option: string): (value: string) => number {
  return (value) => {
    if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
    throw usageError(`${option} must be a whole number from 1 to 999999999, not "${value}"`, `For instance ${option} 10000.`);
  };
}

/** The drivers of the names given, all where there are none. @throws CbitError (CBIT-102) that names the nearest */
export function driversNamed(names: readonly string[], known: readonly DriverProfile[]): DriverProfile[] {
  if (names.length === 0) return [...known];
  return [...new Set(names)].map((name) => {
    const found = known.find((d) => d.name === name);
    if (found !== undefined) return found;
    throw new CbitError({
      code: "CBIT-102",
      exit: EXIT.usage,
      message: `unknown device "${name}"; nearest: ${nearest(name, known.map((d) => d.name)).join(", ")}`,
      hint: "`cbit list devices` shows all devices.",
    });
  });
}

/** A word as a shell takes it, in quotes where it needs them. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:,=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
