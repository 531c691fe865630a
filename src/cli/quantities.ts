// SPDX-License-Identifier: MIT
/** Durations, sizes and numbers as options take them. */

import { usageError } from "./failure.ts";
import { single } from "./options.ts";

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const BYTES: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** @param kind how the error calls it @param example what to give */
function quantity(option: string, units: Readonly<Record<string, number>>, kind: string, example: string): (value: string) => number {
  const read = single(option);
  const names = Object.keys(units);
  const pattern = new RegExp(`^(\\d{1,9}(?:\\.\\d{1,3})?)(${names.join("|")})$`);
  const all = `${names.slice(0, -1).join(", ")} or ${names[names.length - 1]}`;
  return (value) => {
    const parts = pattern.exec(read(value));
    const amount = parts === null ? 0 : Math.round(Number(parts[1]) * units[parts[2]!]!);
    if (amount > 0) return amount;
    throw usageError(`${option} must be ${kind}, a number with ${all} behind it, not "${value}"`, `For instance ${option} ${example}.`);
  };
}

/** A parser for a duration, "30s", "1.5h"; milliseconds. */
export function duration(option: string): (value: string) => number {
  return quantity(option, MILLISECONDS, "a duration", "30s");
}

/** A parser for a size, "500M"; bytes, K, M and G being powers of 1024. */
export function size(option: string): (value: string) => number {
  return quantity(option, BYTES, "a size", "500M");
}

/** A parser for a whole number from 0 below 2^53. */
export function seed(option: string): (value: string) => number {
  const read = single(option);
  return (value) => {
    const number = /^\d{1,16}$/.test(read(value)) ? Number(value) : NaN;
    if (Number.isSafeInteger(number)) return number;
    throw usageError(`${option} must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, not "${value}"`, `For instance ${option} 1.`);
  };
}

/** Milliseconds as `duration` reads them. */
export function durationText(ms: number): string {
  const unit = ["h", "m", "s"].find((u) => (ms % MILLISECONDS[u]!) === 0) ?? "ms";
  return `${ms / MILLISECONDS[unit]!}${unit}`;
}

/** Bytes as `size` reads them, rounded to a tenth. */
export function sizeText(bytes: number): string {
  const unit = ["G", "M", "K"].find((u) => bytes >= BYTES[u]!) ?? "K";
  return `${Math.round((bytes / BYTES[unit]!) * 10) / 10}${unit}`;
}
