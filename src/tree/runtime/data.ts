// SPDX-License-Identifier: MIT
/**
 * Contents of page frames. The guest's memset and memcpy come here where an address is in simulated RAM or in a far
 * mapping: each cell (one cipher block at the start of its part of the page) is read and written through the machine.
 * SIMPLIFIED (may miss bugs): a plain load of the kernel's from a page's contents through the linear map reads zeros, and is not found.
 */

import { type PhysAddr, virtAddr } from "../../base/index.ts";
import { type Access, BLOCK_WORDS, type Machine } from "../../machine/index.ts";
import { KernelFault, KernelStop } from "./stop.ts";

/** Where the bytes of an address lie in wasm memory: memory64 lowering uses the low 32 bits. */
function wasmAddress(address: bigint): number {
  return Number(BigInt.asUintN(32, address));
}

/** Low 48 bits of a 64-bit address, as the machine takes it. */
export function lowAddress(address: bigint): number {
  return Number(address & 0xffff_ffff_ffffn);
}

const FAR = 0x8000_0000;
const BLOCK_BYTES = BLOCK_WORDS * 4;

export interface DataPort {
  readonly machine: Machine;
  /** Root of the kernel's page tables. */
  root(): PhysAddr;
  /** Bounds of simulated RAM in wasm memory, which are its physical addresses too. */
  readonly ramStart: number;
  readonly ramEnd: number;
  bytes(): Uint8Array;
  /** Called before contents are accessed. */
  before?(): void;
}

function isData(port: DataPort, address: bigint): boolean {
  const at = wasmAddress(address);
  if (at >= FAR) return true;
  return at >= port.ramStart && at < port.ramEnd;
}

function check(access: Access): void {
  if (access.kind === "fault") throw new KernelFault(access, "memcpy");
}

/** A cell that an access touches: its address, and which of its 16 bytes. */
interface Touched {
  readonly at: number;
  readonly first: number;
  readonly end: number;
}

/** Cells that have bytes in [from, from + n). Bytes between cells are not kept (src/machine/memory.ts). */
function* touched(from: number, n: number, stride: number): Generator<Touched> {
  for (let at = Math.floor(from / stride) * stride; at < from + n; at += stride) {
    const first = Math.max(from, at) - at;
    const end = Math.min(from + n, at + BLOCK_BYTES) - at;
    if (first < end) yield { at, first, end };
  }
}

/** One block, as words for the machine and as bytes. */
class Block {
  readonly words: Uint32Array = new Uint32Array(BLOCK_WORDS);
  readonly bytes: Uint8Array = new Uint8Array(this.words.buffer);

  load(port: DataPort, at: number): void {
    check(port.machine.cpuRead(port.root(), virtAddr(at), this.words));
  }

  store(port: DataPort, at: number): void {
    check(port.machine.cpuWrite(port.root(), virtAddr(at), this.words));
  }
}

/** Changes bytes of a cell: a part of a block is read, changed and written back, as a cache line is. */
function change(port: DataPort, block: Block, cell: Touched, fill: (block: Block) => void): void {
  if (cell.end - cell.first < BLOCK_BYTES) block.load(port, cell.at);
  fill(block);
  block.store(port, cell.at);
}

/** memset of page contents. Where a cell stands for more than a block, one of which only a part is meant stays (src/linux/dma/copy.ts). */
export function dataSet(port: DataPort, to: bigint, byte: number, n: bigint): void {
  const { stride } = port.machine.memory;
  const start = lowAddress(to);
  const end = start + Number(n);
  const block = new Block();
  port.before?.();
  for (const cell of touched(start, Number(n), stride)) {
    if (stride > BLOCK_BYTES && (cell.at < start || cell.at + stride > end)) continue;
    change(port, block, cell, (b) => b.bytes.fill(byte & 0xff, cell.first, cell.end));
  }
}

function fromPages(port: DataPort, target: number, source: number, n: number): void {
  const block = new Block();
  port.bytes().fill(0, target, target + n);
  for (const { at, first, end } of touched(source, n, port.machine.memory.stride)) {
    block.load(port, at);
    port.bytes().set(block.bytes.subarray(first, end), target + at + first - source);
  }
}

/** From contents to contents where a cell stands for more than a block: cells of which any byte is meant. */
function copyCells(port: DataPort, target: number, source: number, n: number, stride: number): void {
  if ((((target - source) % stride) + stride) % stride !== 0) throw new KernelStop("memcpy between page contents at different offsets: what lies between cells is not kept", "memcpy");
  const block = new Block();
  for (let at = Math.floor(source / stride) * stride; at < source + n; at += stride) {
    block.load(port, at);
    block.store(port, at + target - source);
  }
}

/** The same byte by byte. */
function copyBytes(port: DataPort, target: number, source: number, n: number): void {
  const bytes = new Uint8Array(n);
  const block = new Block();
  for (const { at, first, end } of touched(source, n, BLOCK_BYTES)) {
    block.load(port, at);
    bytes.set(block.bytes.subarray(first, end), at + first - source);
  }
  for (const cell of touched(target, n, BLOCK_BYTES)) {
    const from = cell.at + cell.first - target;
    change(port, block, cell, (b) => b.bytes.set(bytes.subarray(from, from + cell.end - cell.first), cell.first));
  }
}

/** memcpy where one side at least is page contents. */
export function dataCopy(port: DataPort, to: bigint, from: bigint, n: bigint): void {
  const { stride } = port.machine.memory;
  port.before?.();
  if (!isData(port, to)) {
    fromPages(port, wasmAddress(to), lowAddress(from), Number(n));
    return;
  }
  const target = lowAddress(to);
  if (isData(port, from)) {
    if (stride > BLOCK_BYTES) copyCells(port, target, lowAddress(from), Number(n), stride);
    else copyBytes(port, target, lowAddress(from), Number(n));
    return;
  }
  const source = wasmAddress(from);
  const block = new Block();
  for (const cell of touched(target, Number(n), stride)) {
    const across = source + cell.at - target;
    change(port, block, cell, (b) => b.bytes.set(port.bytes().subarray(across + cell.first, across + cell.end), cell.first));
  }
}
