// SPDX-License-Identifier: MIT
/**
 * Contents of page frames. The guest's memset and memcpy come here where an address is in simulated RAM or in a far
 * mapping: each cell (one cipher block at the start of its part of the page) is read and written through the machine.
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

/** memset of page contents. */
export function dataSet(port: DataPort, to: bigint, byte: number, n: bigint): void {
  const block = new Block();
  for (const cell of touched(lowAddress(to), Number(n), port.machine.memory.stride)) {
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

/** memcpy where one side at least is page contents. */
export function dataCopy(port: DataPort, to: bigint, from: bigint, n: bigint): void {
  const { stride } = port.machine.memory;
  if (!isData(port, to)) {
    fromPages(port, wasmAddress(to), lowAddress(from), Number(n));
    return;
  }
  const fromData = isData(port, from);
  const target = lowAddress(to);
  const source = fromData ? lowAddress(from) : wasmAddress(from);
  const block = new Block();
  const other = new Block();
  for (const cell of touched(target, Number(n), stride)) {
    const across = source + cell.at - target;
    if (fromData) {
      if (((across % stride) + stride) % stride !== 0) throw new KernelStop("memcpy between page contents at different offsets: what lies between cells is not kept", "memcpy");
      other.load(port, across);
    } else {
      other.bytes.set(port.bytes().subarray(across + cell.first, across + cell.end), cell.first);
    }
    change(port, block, cell, (b) => b.bytes.set(other.bytes.subarray(cell.first, cell.end), cell.first));
  }
}
