// SPDX-License-Identifier: MIT
/**
 * The options of a machine, as one table: the command line, machine files, their schema and the documentation follow it. The order
 * is that of canonical names.
 */

import { nearest } from "../base/index.ts";
import type { Configuration, SwiotlbParameter } from "../kernel/index.ts";
import type { IommuMode, Platform } from "../machine/index.ts";

/** What may be said of a machine apart from its platform. */
export type MachineSettings = { -readonly [K in keyof Omit<Configuration, "name" | "platform">]?: Configuration[K] };

/** A value as canonical names and files have it. */
export type OptionValue = string | number | boolean;

export interface MachineOption {
  /** On the command line. */
  readonly name: string;
  /** In a file. */
  readonly field: string;
  readonly setting: keyof MachineSettings;
  /** Values that it can have; numbers from `from` to `to` where there are none. */
  readonly words: readonly OptionValue[] | null;
  readonly from: number;
  readonly to: number;
  /** What holds where the option is left out; null where the platform or the kernel says. */
  readonly usual: OptionValue | null;
  readonly title: string;
  /** Why a platform does not have it; null where it does. */
  without(platform: Platform): string | null;
}

const everywhere = (): null => null;

function words(name: string, setting: keyof MachineSettings, values: readonly OptionValue[], usual: OptionValue | null, title: string, without: MachineOption["without"] = everywhere): MachineOption {
  return { name, field: name.replaceAll("-", "_"), setting, words: values, from: 0, to: 0, usual, title, without };
}

function range(name: string, field: string, setting: keyof MachineSettings, from: number, to: number, usual: number | null, title: string): MachineOption {
  return { name, field, setting, words: null, from, to, usual, title, without: everywhere };
}

export const IOMMU_MODES: readonly IommuMode[] = ["off", "identity", "translated"];
const SWIOTLB: readonly SwiotlbParameter[] = ["default", "off", "force", "noforce", "restricted", "dynamic"];

/** Frames for a pool in the model's memory. */
const MOST_SWIOTLB_PAGES = 16;
/** RAM must end below the device's BAR, which the model has at 256 GiB. */
const MOST_RAM = 256;

export const MACHINE_OPTIONS: readonly MachineOption[] = [
  words("iommu", "iommu", IOMMU_MODES, null, "how DMA reaches memory"),
  words("swiotlb", "swiotlb", SWIOTLB, "default", "the kernel's boot parameter, or the kind of pool"),
  range("swiotlb-pages", "swiotlb_pages", "swiotlbPages", 1, MOST_SWIOTLB_PAGES, null, "pages of the bounce pool"),
  words("coherent", "coherent", [true, false], true, "no: lines stay in caches, tagged by C-bit, until they are written back"),
  words("tlb", "tlb", [true, false], false, "yes: changed page-table entries stay in the TLB until it is flushed"),
  range("ram", "ram_gib", "ramGiB", 2, MOST_RAM, 2, "GiB of RAM; with more than 4 some of it lies above 4 GiB"),
  words("granule", "granule", [4096, 16384, 65536], 4096, "bytes of the host's granule, on cca", (p) => (p.encryption === "cca" ? null : "it goes with cca")),
  range("ttm-pages-limit", "ttm_pages_limit", "ttmPagesLimit", 1, 64, null, "the module parameter ttm.pages_limit"),
  words("cells", "cells", [1, 256], 1, "cells of a page: 256 for byte-exact runs"),
];

/** A value as the command line spells it. */
export function spelled(value: OptionValue): string {
  return value === true ? "yes" : value === false ? "no" : String(value);
}

/** The values of an option in words: "one of yes, no", "a whole number from 1 to 16". */
export function valuesOf(option: MachineOption, spell: (value: OptionValue) => string = spelled): string {
  return option.words === null ? `a whole number from ${option.from} to ${option.to}` : `one of ${option.words.map(spell).join(", ")}`;
}

/** The value that a word of the command line stands for; null where it stands for none. */
export function optionValue(option: MachineOption, word: string): OptionValue | null {
  if (option.words !== null) return option.words.find((v) => spelled(v) === word) ?? null;
  return /^(?:0|[1-9]\d{0,8})$/.test(word) && allowed(option, Number(word)) ? Number(word) : null;
}

/** True where an option can have a value. */
export function allowed(option: MachineOption, value: unknown): value is OptionValue {
  if (option.words !== null) return (option.words as readonly unknown[]).includes(value);
  return typeof value === "number" && Number.isInteger(value) && value >= option.from && value <= option.to;
}

/** "; nearest is iommu=off" for a word that an option does not have. */
export function nearestValue(option: MachineOption, word: string): string {
  return option.words === null ? "" : `; nearest is ${option.name}=${nearest(word, option.words.map(spelled), 1)[0]}`;
}

/** The configuration with its canonical name, which leaves out what is usual. */
export function configurationOf(platform: Platform, settings: MachineSettings & { readonly iommu: IommuMode }): Configuration {
  const given = MACHINE_OPTIONS.filter((o) => settings[o.setting] !== undefined && settings[o.setting] !== (o.name === "iommu" ? platform.defaultIommu : o.usual));
  const name = [platform.name, ...given.map((o) => `${o.name}=${spelled(settings[o.setting]!)}`)].join(",");
  const unusual = Object.fromEntries(given.map((o) => [o.setting, settings[o.setting]]));
  return { ...unusual, name, platform, iommu: settings.iommu, swiotlb: settings.swiotlb ?? "default" };
}
