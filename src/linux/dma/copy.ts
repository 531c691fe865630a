// SPDX-License-Identifier: MIT
/**
 * memcpy() and memset() of ranges of bytes through the linear map.
 * With 256 cells to a page every byte counts. SIMPLIFIED (may miss bugs): with fewer a cell stands for all bytes up to the next
 * one, so a copy of a part of them copies the cell.
 */

import { PAGE_SIZE, pageOffset, physAddr, physToPfn, virtAddr, type VirtAddr } from "../../base/index.ts";
import { type Access, BLOCK_WORDS } from "../../machine/index.ts";
import type { Linux } from "../linux.ts";
import { KernelFault } from "../mm/memory.ts";
import { linear_address } from "../mm/page-tables.ts";

const BLOCK_BYTES = BLOCK_WORDS * 4;
const block = new Uint32Array(BLOCK_WORDS);
const blockBytes = new Uint8Array(block.buffer);
const ZERO = new Uint32Array(BLOCK_WORDS);

/** The linear address of a byte of RAM. */
function phys_to_virt(pa: number): VirtAddr {
  return virtAddr(linear_address(physToPfn(physAddr(pa))) + pageOffset(pa));
}

function reached(access: Access): void {
  if (access.kind === "fault") throw new KernelFault(access);
}

const down = (value: number, to: number): number => value - (value % to);

function read_bytes(k: Linux, from: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let pos = from; pos < from + size; pos = down(pos, BLOCK_BYTES) + BLOCK_BYTES) {
    const start = down(pos, BLOCK_BYTES);
    reached(k.machine.cpuRead(k.pgd, phys_to_virt(start), block));
    bytes.set(blockBytes.subarray(pos - start, Math.min(BLOCK_BYTES, from + size - start)), pos - from);
  }
  return bytes;
}

/** A block of which a part changes is read first, through the same mapping, as the memory controller does. */
function write_bytes(k: Linux, to: number, bytes: Uint8Array): void {
  for (let pos = to; pos < to + bytes.length; pos = down(pos, BLOCK_BYTES) + BLOCK_BYTES) {
    const start = down(pos, BLOCK_BYTES);
    const end = Math.min(start + BLOCK_BYTES, to + bytes.length);
    if (end - pos < BLOCK_BYTES) reached(k.machine.cpuRead(k.pgd, phys_to_virt(start), block));
    blockBytes.set(bytes.subarray(pos - to, end - to), pos - start);
    reached(k.machine.cpuWrite(k.pgd, phys_to_virt(start), block));
  }
}

function copy_cells(k: Linux, to: number, from: number, size: number, stride: number): void {
  for (let pos = from; pos < from + size; pos = down(pos, stride) + stride) {
    reached(k.machine.cpuRead(k.pgd, phys_to_virt(down(pos, stride)), block));
    reached(k.machine.cpuWrite(k.pgd, phys_to_virt(down(to + pos - from, stride)), block));
  }
}

/** memcpy(phys_to_virt(to), phys_to_virt(from), size). @throws KernelFault where an access is stopped */
export function memcpy_phys(k: Linux, to: number, from: number, size: number): void {
  const { stride } = k.machine.memory;
  if (stride === BLOCK_BYTES) write_bytes(k, to, read_bytes(k, from, size));
  else copy_cells(k, to, from, size, stride);
}

/** memset(phys_to_virt(pa), 0, size); cells of which only a part is meant stay. @throws KernelFault */
export function memzero_phys(k: Linux, pa: number, size: number): void {
  const { stride } = k.machine.memory;
  if (stride === BLOCK_BYTES) {
    write_bytes(k, pa, new Uint8Array(size));
    return;
  }
  for (let pos = down(pa + stride - 1, stride); pos + stride <= pa + size; pos += stride) reached(k.machine.cpuWrite(k.pgd, phys_to_virt(pos), ZERO));
}

/** memset(va, 0, ...) over `pages` pages at a kernel address, whatever maps them. @throws KernelFault */
export function memzero_virtual(k: Linux, va: VirtAddr, pages: number): void {
  const { stride } = k.machine.memory;
  for (let at = 0; at < pages * PAGE_SIZE; at += stride) reached(k.machine.cpuWrite(k.pgd, virtAddr(va + at), ZERO));
}
