// SPDX-License-Identifier: MIT
/** What a machine is made of, and how its state divides into words. */

import { assert, PAGE_SIZE } from "../base/index.ts";
import { cacheWords } from "./caches.ts";
import { memoryWords, ramFrames, type RamLayout } from "./memory.ts";
import type { PageTableFormat } from "./page-tables.ts";
import { pageStateWords } from "./page-state.ts";
import type { IommuMode, Platform } from "./platforms/platform.ts";
import { tlbWords } from "./tlb.ts";

export interface MachineConfig {
  readonly platform: Platform;
  readonly iommu: IommuMode;
  readonly ram: RamLayout;
  /** How the kernel writes its page tables: x86-64 where it is left out, also on `cca`, whose model is written for those. */
  readonly pageTables?: PageTableFormat;
  /**
   * False: caches hold dirty lines, tagged by C-bit, until they are written back. True where it is left out.
   * SIMPLIFIED (may miss bugs): a platform without SME_COHERENT is searched with lines written back at once unless `coherent=no`
   * is asked for.
   */
  readonly coherent?: boolean;
  /** True: a changed page-table entry stays in the TLB until it is flushed. False where it is left out. */
  readonly tlb?: boolean;
  /** Bytes of the host's granule, a power of two from 4096 up; 4096 where it is left out. See `Machine.setPageState`. */
  readonly granule?: number;
}

/** A device of the machine. */
export interface Device {
  /** Address lines: it can emit addresses below 2^addressBits. */
  readonly addressBits: number;
}

/** Words of the device's trust: 1 once it is accepted (TDISP state RUN). */
export const TRUST_WORDS = 1;

/** Words of each part of a machine, in their order; the trust comes last. */
export function machineParts(config: MachineConfig): { readonly memory: number; readonly states: number; readonly caches: number; readonly tlb: number } {
  const { ram, platform, granule = PAGE_SIZE } = config;
  assert(config.platform.iommuModes.includes(config.iommu), `machine: ${config.platform.name} has no iommu=${config.iommu}`);
  assert(granule >= PAGE_SIZE && Number.isInteger(Math.log2(granule)), `machine: a granule of ${granule} bytes`);
  const frames = ramFrames(ram);
  return {
    memory: memoryWords(ram),
    states: pageStateWords(platform.ownership, frames),
    caches: config.coherent === false ? cacheWords(frames * ram.cells) : 0,
    tlb: config.tlb === true ? tlbWords() : 0,
  };
}

/** Words of machine state. */
export function machineWords(config: MachineConfig): number {
  const p = machineParts(config);
  return p.memory + p.states + p.caches + p.tlb + TRUST_WORDS;
}
