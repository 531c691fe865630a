// SPDX-License-Identifier: MIT
/** Machines as the command line spells them: `NAME[,OPTION=VALUE]...`, options as machine-options.ts lists them. */

import { CbitError, EXIT, nearest } from "../base/index.ts";
import type { Configuration } from "../kernel/index.ts";
import { type Platform, PLATFORMS } from "../machine/index.ts";
import { configurationOf, MACHINE_OPTIONS, type MachineSettings, nearestValue, optionValue, valuesOf } from "./machine-options.ts";

function usage(message: string, hint: string): CbitError {
  return new CbitError({ code: "CBIT-101", exit: EXIT.usage, message, hint });
}

const LIST_HINT = "`cbit list machines` shows all machines with their options.";

/** TDX machines by the width of guest physical addresses: another spelling of two names. */
const GPAW: Readonly<Record<string, string>> = { "48": "tdx", "52": "tdx-gpaw52" };

/** The platform of a name. @param where how errors begin */
export function platformNamed(name: string, where = ""): Platform {
  const platform = PLATFORMS.find((p) => p.name === name);
  if (platform !== undefined) return platform;
  throw usage(`${where}unknown machine "${name}"; nearest: ${nearest(name, PLATFORMS.map((p) => p.name)).join(", ")}`, LIST_HINT);
}

/** `gpaw=` of tdx; undefined for other options. */
function gpawPlatform(spec: string, platform: Platform, part: string): Platform | undefined {
  const [option, value] = part.split(/=(.*)/s);
  if (option !== "gpaw" || platform.encryption !== "tdx") return undefined;
  const name = GPAW[value ?? ""];
  if (name === undefined) throw usage(`machine "${spec}": "${part}" must be gpaw=48 or gpaw=52`, LIST_HINT);
  if (platform.name !== "tdx" && platform.name !== name) throw usage(`machine "${spec}": ${part} contradicts ${platform.name}`, "Name the machine tdx, or leave gpaw= out.");
  return platformNamed(name);
}

function readOption(spec: string, platform: Platform, part: string, settings: MachineSettings): void {
  const names = [...MACHINE_OPTIONS.filter((o) => o.without(platform) === null).map((o) => o.name), ...(platform.encryption === "tdx" ? ["gpaw"] : [])];
  if (part === "") throw usage(`machine "${spec}": no option stands behind a comma; there are ${names.map((n) => `${n}=`).join(", ")}`, LIST_HINT);
  const [name, value, ...rest] = part.split("=") as [string, string | undefined];
  const option = MACHINE_OPTIONS.find((o) => o.name === name);
  if (option === undefined) throw usage(`machine "${spec}": unknown option "${name}"; nearest is ${nearest(name, names, 1)[0]}=`, LIST_HINT);
  const without = option.without(platform);
  if (without !== null) throw usage(`machine "${spec}": ${platform.name} has no ${name}=: ${without}`, LIST_HINT);
  if (value === undefined || value === "" || rest.length > 0) throw usage(`machine "${spec}": "${part}" must be ${name}=VALUE, ${valuesOf(option)}`, LIST_HINT);
  if (settings[option.setting] !== undefined) throw usage(`machine "${spec}": ${name}= is given twice`, LIST_HINT);
  const read = optionValue(option, value);
  if (read === null) throw usage(`machine "${spec}": ${name}=${value} is not ${valuesOf(option)}${nearestValue(option, value)}`, LIST_HINT);
  Object.assign(settings, { [option.setting]: read });
}

/** All configurations of a platform with settings: one, or one for each IOMMU mode where the mode must be named and is not. */
export function configurations(platform: Platform, settings: MachineSettings): Configuration[] {
  const { iommu } = settings;
  const modes = iommu !== undefined ? [iommu] : platform.defaultIommu !== null ? [platform.defaultIommu] : platform.iommuModes;
  return modes.map((mode) => configurationOf(platform, { ...settings, iommu: mode }));
}

/**
 * The configurations that a spec stands for: one, or all modes of a platform whose mode must be named and is not.
 * A mode that the platform's model does not cover is let through: its verdict is `unsupported`.
 * @throws CbitError (CBIT-101) that names the nearest known names
 */
export function parseMachine(spec: string): Configuration[] {
  const [name, ...parts] = spec.split(",") as [string, ...string[]];
  const named = platformNamed(name);
  let platform = named;
  const settings: MachineSettings = {};
  let gpaw = false;
  for (const part of parts) {
    const chosen = gpawPlatform(spec, named, part);
    if (chosen === undefined) {
      readOption(spec, named, part, settings);
      continue;
    }
    if (gpaw) throw usage(`machine "${spec}": gpaw= is given twice`, LIST_HINT);
    gpaw = true;
    platform = chosen;
  }
  return configurations(platform, settings);
}

/** The same for a spec that must mean one configuration, as those in ids and tokens do. */
export function parseOneMachine(spec: string): Configuration {
  const [first, ...more] = parseMachine(spec);
  if (first !== undefined && more.length === 0) return first;
  throw usage(`machine "${spec}" means ${more.length + 1} machines: name its iommu= mode`, LIST_HINT);
}

/** Each configuration once. */
export function distinct(all: readonly Configuration[]): Configuration[] {
  const seen = new Set<string>();
  return all.filter((c) => !seen.has(c.name) && seen.add(c.name));
}

/** The specs of several `--machine` options, each configuration once; the default matrix where there are none. */
export function machinesOf(specs: readonly string[]): Configuration[] {
  return distinct(specs.length === 0 ? defaultMachines() : specs.flatMap(parseMachine));
}

/** What `cbit check` looks at by itself: every platform, in every mode where the mode must be named. */
export function defaultMachines(): Configuration[] {
  return PLATFORMS.flatMap((p) => parseMachine(p.name));
}
