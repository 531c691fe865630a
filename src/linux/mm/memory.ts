// SPDX-License-Identifier: MIT
/** Loads and stores of the kernel itself, through the linear map and so under its C-bit; and PTEs of user space. */

import { PAGE_SIZE, type Pfn, virtAddr, type VirtAddr } from "../../base/index.ts";
import { type Access, BLOCK_WORDS, type Fault } from "../../machine/index.ts";
import type { Linux } from "../linux.ts";
import { track_pfn_insert } from "../x86/memtype.ts";
import type { Pgprot } from "../x86/pgtable.ts";
import { clear_leaf, linear_address, set_leaf } from "./page-tables.ts";

/** The kernel's own access was stopped: the operation ends there, and with it the guest or the kernel. */
export class KernelFault extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(`the kernel's own access ends in ${fault.fault}`);
    this.fault = fault;
  }
}

/** @throws KernelFault where the access did not get through */
function reached(access: Access): void {
  if (access.kind === "fault") throw new KernelFault(access);
}

const ZERO = new Uint32Array(BLOCK_WORDS);
const scratch = new Uint32Array(BLOCK_WORDS);

function each_cell(k: Linux, frame: Pfn, run: (va: VirtAddr, offset: number) => void): void {
  const { stride } = k.machine.memory;
  const base = linear_address(frame);
  for (let cell = 0; cell < k.machine.memory.ram.cells; cell++) run(virtAddr(base + cell * stride), cell * stride);
}

/** memset(page_address(), 0, ...) over `count` frames. */
export function zero_pages(k: Linux, first: Pfn, count: number): void {
  for (let i = 0; i < count; i++) {
    each_cell(k, (first + i) as Pfn, (va) => {
      const access = k.machine.cpuWrite(k.pgd, va, ZERO);
      reached(access);
    });
  }
}

/** memcpy() of one page from linear map to linear map. */
export function copy_page(k: Linux, to: Pfn, from: Pfn): void {
  const target = linear_address(to);
  each_cell(k, from, (va, offset) => {
    reached(k.machine.cpuRead(k.pgd, va, scratch));
    reached(k.machine.cpuWrite(k.pgd, virtAddr(target + offset), scratch));
  });
}

/** memset_io() or memset() of one page at a kernel address. */
export function memset_page(k: Linux, va: VirtAddr): void {
  const { stride } = k.machine.memory;
  for (let at = 0; at < PAGE_SIZE; at += stride) reached(k.machine.cpuWrite(k.pgd, virtAddr(va + at), ZERO));
}

/** memcpy() of one page between kernel addresses, whatever maps they belong to. */
export function memcpy_page(k: Linux, to: VirtAddr, from: VirtAddr): void {
  const { stride } = k.machine.memory;
  for (let at = 0; at < PAGE_SIZE; at += stride) {
    reached(k.machine.cpuRead(k.pgd, virtAddr(from + at), scratch));
    reached(k.machine.cpuWrite(k.pgd, virtAddr(to + at), scratch));
  }
}

/** Inserts one user PTE with the protection given, but for the cache type of a BAR. @ref mm/memory.c:2402 vmf_insert_pfn_prot */
export function vmf_insert_pfn_prot(k: Linux, address: VirtAddr, frame: Pfn, prot: Pgprot): void {
  set_leaf(k, address, frame, track_pfn_insert(k, frame, prot));
}

/** Removes a user PTE and flushes it from every TLB before it returns. @ref mm/memory.c:1582-1700 (zap_pte_range), mm/memory.c:3859 (unmap_mapping_range) */
export function zap_pte(k: Linux, address: VirtAddr): void {
  clear_leaf(k, address);
  k.machine.tlb?.flushPage(address);
}
