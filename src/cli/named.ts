// SPDX-License-Identifier: MIT
/** Devices and machines by name, or by the path of a file that describes them. */

import { readFileSync, statSync } from "node:fs";
import { CbitError, EXIT, nearest } from "../base/index.ts";
import type { Configuration, DriverProfile } from "../kernel/index.ts";
import { defaultMachines, distinct, isFile, parseMachine, parseOneMachine, readDeviceFile, readMachineFile } from "../scenarios/index.ts";

const WHY: Readonly<Record<string, string>> = { ENOENT: "there is no such file", EACCES: "permission denied", ELOOP: "its links go round in circles", ENOTDIR: "a part of the path is not a folder", ENAMETOOLONG: "the path is too long" };

/** Why a file cannot be read, in words; null for what is no such error. */
export function reasonOf(error: unknown): string | null {
  return WHY[(error as NodeJS.ErrnoException).code ?? ""] ?? null;
}

/** Nothing that describes a device or a machine is longer. */
const MOST_BYTES = 4 << 20;

/** @throws CbitError (CBIT-130) */
function textOf(what: "device" | "machine", path: string): string {
  const failed = (why: string, cause?: unknown): CbitError =>
    new CbitError({ code: "CBIT-130", exit: EXIT.usage, message: `cannot read the ${what} file ${path}: ${why}`, hint: `What has a slash or ends in .json is a file; \`cbit list ${what}s\` shows names.`, cause });
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw failed("it is a folder");
    if (!stat.isFile()) throw failed("it is no ordinary file");
    if (stat.size > MOST_BYTES) throw failed(`it has ${stat.size} bytes, more than any such file`);
    return readFileSync(path, "utf8");
  } catch (error) {
    const why = reasonOf(error);
    throw why === null ? error : failed(why, error);
  }
}

/** The driver of a name or of a file. @throws CbitError (CBIT-102) that names the nearest; CBIT-130 to 133 for a file */
export function driverNamed(name: string, known: readonly DriverProfile[]): DriverProfile {
  if (isFile(name)) return readDeviceFile(name, textOf("device", name), known);
  const found = known.find((d) => d.name === name);
  if (found !== undefined) return found;
  throw new CbitError({
    code: "CBIT-102",
    exit: EXIT.usage,
    message: `unknown device "${name}"; nearest: ${nearest(name, known.map((d) => d.name)).join(", ")}`,
    hint: "`cbit list devices` shows all devices; a path with a slash or .json names a file of yours.",
  });
}

/** The drivers of several `--device` options, each once; all known ones where there are none. */
export function driversNamed(names: readonly string[], known: readonly DriverProfile[]): DriverProfile[] {
  if (names.length === 0) return [...known];
  return [...new Set(names)].map((name) => driverNamed(name, known));
}

/** The one machine of a spec or of a file. @throws CbitError (CBIT-101); CBIT-130 to 133 for a file */
export function machineNamed(spec: string): Configuration {
  return isFile(spec) ? readMachineFile(spec, textOf("machine", spec)) : parseOneMachine(spec);
}

/** The machines of several `--machine` options, each once; the default matrix where there are none. */
export function machinesNamed(specs: readonly string[]): Configuration[] {
  if (specs.length === 0) return defaultMachines();
  return distinct(specs.flatMap((spec) => (isFile(spec) ? [machineNamed(spec)] : parseMachine(spec))));
}
