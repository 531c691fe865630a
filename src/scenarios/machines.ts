// SPDX-License-Identifier: MIT
/** Machines as the command line spells them: `NAME[,iommu=off|identity|translated][,swiotlb=default|force|noforce]`. */

import { CbitError, EXIT, nearest } from "../base/index.ts";
import type { Configuration, SwiotlbParameter } from "../kernel/index.ts";
import { type IommuMode, type Platform, PLATFORMS } from "../machine/index.ts";

const IOMMU_MODES: readonly IommuMode[] = ["off", "identity", "translated"];
const SWIOTLB: readonly SwiotlbParameter[] = ["default", "force", "noforce"];
const OPTIONS = ["iommu", "swiotlb"] as const;

function usage(message: string, hint: string): CbitError {
  return new CbitError({ code: "CBIT-101", exit: EXIT.usage, message, hint });
}

const LIST_HINT = "`cbit list machines` shows all machines with their options.";

/** The canonical name: what it takes to name this configuration and no other. */
export function machineName(platform: Platform, iommu: IommuMode, swiotlb: SwiotlbParameter): string {
  return [platform.name, ...(iommu === platform.defaultIommu ? [] : [`iommu=${iommu}`]), ...(swiotlb === "default" ? [] : [`swiotlb=${swiotlb}`])].join(",");
}

function configuration(platform: Platform, iommu: IommuMode, swiotlb: SwiotlbParameter): Configuration {
  return { name: machineName(platform, iommu, swiotlb), platform, iommu, swiotlb };
}

function oneOf<T extends string>(option: string, value: string, known: readonly T[], spec: string): T {
  if ((known as readonly string[]).includes(value)) return value as T;
  throw usage(`machine "${spec}": ${option}=${value} is not one of ${known.join(", ")}; nearest is ${option}=${nearest(value, known, 1)[0]}`, LIST_HINT);
}

function parseOptions(spec: string, parts: readonly string[]): { iommu?: IommuMode; swiotlb?: SwiotlbParameter } {
  const options: { iommu?: IommuMode; swiotlb?: SwiotlbParameter } = {};
  for (const part of parts) {
    if (part === "") throw usage(`machine "${spec}": no option stands behind a comma; there are ${OPTIONS.join("= and ")}=`, LIST_HINT);
    const [option, value, ...rest] = part.split("=");
    if (option !== "iommu" && option !== "swiotlb") {
      throw usage(`machine "${spec}": unknown option "${option}"; nearest is ${nearest(option ?? "", OPTIONS, 1)[0]}=`, LIST_HINT);
    }
    if (value === undefined || value === "" || rest.length > 0) {
      throw usage(`machine "${spec}": "${part}" must be ${option}=VALUE, one of ${(option === "iommu" ? IOMMU_MODES : SWIOTLB).join(", ")}`, LIST_HINT);
    }
    if (options[option] !== undefined) throw usage(`machine "${spec}": ${option}= is given twice`, LIST_HINT);
    if (option === "iommu") options.iommu = oneOf(option, value, IOMMU_MODES, spec);
    else options.swiotlb = oneOf(option, value, SWIOTLB, spec);
  }
  return options;
}

/**
 * The configurations that a spec stands for: one, or all modes of a platform whose mode must be named and is not.
 * A mode that the platform's model does not cover is let through: its verdict is `unsupported`.
 * @throws CbitError (CBIT-101) that names the nearest known names
 */
export function parseMachine(spec: string): Configuration[] {
  const [name, ...parts] = spec.split(",") as [string, ...string[]];
  const platform = PLATFORMS.find((p) => p.name === name);
  if (platform === undefined) {
    throw usage(`unknown machine "${name}"; nearest: ${nearest(name, PLATFORMS.map((p) => p.name)).join(", ")}`, LIST_HINT);
  }
  const { iommu, swiotlb = "default" } = parseOptions(spec, parts);
  const modes = iommu !== undefined ? [iommu] : platform.defaultIommu !== null ? [platform.defaultIommu] : platform.iommuModes;
  return modes.map((mode) => configuration(platform, mode, swiotlb));
}

/** The same for a spec that must mean one configuration, as those in ids and tokens do. */
export function parseOneMachine(spec: string): Configuration {
  const [first, ...more] = parseMachine(spec);
  if (first !== undefined && more.length === 0) return first;
  throw usage(`machine "${spec}" means ${more.length + 1} machines: name its iommu= mode`, LIST_HINT);
}

/** The specs of several `--machine` options, each configuration once; the default matrix where there are none. */
export function machinesOf(specs: readonly string[]): Configuration[] {
  const all = specs.length === 0 ? defaultMachines() : specs.flatMap(parseMachine);
  const seen = new Set<string>();
  return all.filter((c) => !seen.has(c.name) && seen.add(c.name));
}

/** What `cbit check` looks at by itself: every platform, in every mode where the mode must be named. */
export function defaultMachines(): Configuration[] {
  return PLATFORMS.flatMap((p) => parseMachine(p.name));
}
