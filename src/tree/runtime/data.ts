// SPDX-License-Identifier: MIT
/**
 * Contents of page frames. The guest's memset and memcpy come here where an address is in simulated RAM or in a far
 * mapping: each cell (one cipher block at the start of its part of the page) is read and written through the machine.
 */

import { type PhysAddr, virtAddr } from "../../base/index.ts";
import { type Access, BLOCK_WORDS, type Machine } from "../../machine/index.ts";
import { KernelStop } from "./stop.ts";

/** Low 48 bits of a 64-bit address, as the machine takes it. */
export function lowAddress(address: bigint): number {
  return Number(address & 0xffff_ffff_ffffn);
}

const FAR = 0x8000_0000n;
const BLOCK_BYTES = BLOCK_WORDS * 4;

export interface DataPort {
  readonly machine: Machine;
  /** Root of the kernel's page tables. */
  root(): PhysAddr;
  /** Bounds of simulated RAM in wasm memory, which are its physical addresses too. */
  readonly ramStart: number;
  readonly ramEnd: number;
  words(): Uint32Array;
  bytes(): Uint8Array;
}

function isData(port: DataPort, address: bigint): boolean {
  if ((address & 0xffff_ffffn) >= FAR) return true;
  const at = Number(address);
  return at >= port.ramStart && at < port.ramEnd;
}

function check(access: Access, address: number): void {
  if (access.kind === "fault") throw new KernelStop(`${access.fault} in the kernel at 0x${address.toString(16)}`, "memcpy");
}

/** Addresses of the cells that lie whole in [from, from + n). */
function* cells(from: number, n: number, stride: number): Generator<number> {
  for (let at = Math.ceil(from / stride) * stride; at + BLOCK_BYTES <= from + n; at += stride) yield at;
}

/** memset of page contents. */
export function dataSet(port: DataPort, to: bigint, byte: number, n: bigint): void {
  const block = new Uint32Array(BLOCK_WORDS).fill(Math.imul(byte & 0xff, 0x01010101) >>> 0);
  for (const at of cells(lowAddress(to), Number(n), port.machine.memory.stride)) {
    check(port.machine.cpuWrite(port.root(), virtAddr(at), block), at);
  }
}

/** memcpy where one side at least is page contents. */
export function dataCopy(port: DataPort, to: bigint, from: bigint, n: bigint): void {
  const { machine } = port;
  const { stride } = machine.memory;
  const toData = isData(port, to);
  const fromData = isData(port, from);
  const target = lowAddress(to);
  const source = lowAddress(from);
  const block = new Uint32Array(BLOCK_WORDS);
  const blockBytes = new Uint8Array(block.buffer);
  if (!toData) {
    port.bytes().fill(0, target, target + Number(n));
    for (const at of cells(source, Number(n), stride)) {
      check(machine.cpuRead(port.root(), virtAddr(at), block), at);
      port.bytes().set(blockBytes, target + at - source);
    }
    return;
  }
  for (const at of cells(target, Number(n), stride)) {
    const other = source + at - target;
    if (!fromData) blockBytes.set(port.bytes().subarray(other, other + BLOCK_BYTES));
    else if (other % stride === 0) check(machine.cpuRead(port.root(), virtAddr(other), block), other);
    else continue;
    check(machine.cpuWrite(port.root(), virtAddr(at), block), at);
  }
}
