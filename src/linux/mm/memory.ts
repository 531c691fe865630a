// SPDX-License-Identifier: MIT
/** Loads and stores of the kernel itself, through the linear map and so under its C-bit; and PTEs of user space. */

import { assert, type Pfn, virtAddr, type VirtAddr } from "../../base/index.ts";
import { BLOCK_WORDS } from "../../machine/index.ts";
import type { Linux } from "../linux.ts";
import type { Pgprot } from "../x86/pgtable.ts";
import { linear_address, set_leaf } from "./page-tables.ts";

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
      assert(access.kind === "reached", "model: the linear map must reach RAM");
    });
  }
}

/** memcpy() of one page from linear map to linear map. */
export function copy_page(k: Linux, to: Pfn, from: Pfn): void {
  const target = linear_address(to);
  each_cell(k, from, (va, offset) => {
    const load = k.machine.cpuRead(k.pgd, va, scratch);
    const store = k.machine.cpuWrite(k.pgd, virtAddr(target + offset), scratch);
    assert(load.kind === "reached" && store.kind === "reached", "model: the linear map must reach RAM");
  });
}

/** Inserts one user PTE with the protection given. @ref mm/memory.c:2402 vmf_insert_pfn_prot */
export function vmf_insert_pfn_prot(k: Linux, address: VirtAddr, frame: Pfn, prot: Pgprot): void {
  set_leaf(k, address, frame, prot);
}
