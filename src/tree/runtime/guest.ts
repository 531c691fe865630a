// SPDX-License-Identifier: MIT
/** A running module: its memory, its entry points, and the machine behind them. */

import { assert, InternalError, PAGE_SIZE, pfn, type PhysAddr, physAddr } from "../../base/index.ts";
import { INJECTABLE, type Injectable, type KernelEvent } from "../../kernel/index.ts";
import { type Bank, type Device, type Fault, Machine, type MachineConfig, machineWords, type RamLayout, type TableMemory } from "../../machine/index.ts";
import { serviceOf } from "../services/table.ts";
import { type DataPort, lowAddress } from "./data.ts";
import { type GuestListener, type GuestPort, type HostFunction, type HostFunctions, type ImportType, type MutableCosts, noCosts, type TracedCall } from "./guest-port.ts";
import { hostFunctions } from "./host/index.ts";
import { StaleEntries } from "./stale-entries.ts";
import { KernelStop } from "./stop.ts";
import { instantiate, type WasmInstance, type WasmModule } from "./wasm.ts";

/** Bytes of the arena that kmalloc takes from. */
const HEAP_BYTES = 768 << 10;
/** Frames of simulated RAM, above the heap. */
const RAM_FRAMES = 256;
/** Frames above 4 GiB where there is RAM: as many as the model's. They are the last ones of it. */
const HIGH_FRAMES = 16;
const FRAMES_PER_GIB = 0x40000;
/** sizeof(struct page) at most. */
const STRUCT_PAGE_BYTES = 64;
/** The device's memory, where guest/common/data.c has its BAR. */
const BAR: Bank = { firstPfn: pfn(0x400_0000), frames: 4 };
const RAM_ALIGN = 1 << 20;
/** Words at the bottom of memory that hold a pattern: what a null pointer reaches, and where a stack ends that is too deep. */
const POISON_WORDS = 1024;
const POISON = 0xb0b0b0b0;
/** Longer texts are cut. */
const LONGEST_TEXT = 65536;

/** How large a module's world is, and where it lies. */
export interface GuestSize {
  /** Bytes of the arena that kmalloc takes from. */
  readonly heapBytes?: number;
  /** Frames of simulated RAM, and cells of each. */
  readonly ramFrames?: number;
  readonly cells?: number;
  /** Where RAM ends: with more than 4 GiB some of it lies above. The struct pages of that take up memory below 2 GiB, 16 MiB for each GiB. */
  readonly ramGiB?: number;
  /** RAM lies at or above this address of wasm memory (architectures.ts). */
  readonly lowestRam?: number;
  /** Imports besides those of the manifest: a module that watches itself has some. */
  readonly more?: HostFunctions;
}

export class Guest implements GuestPort {
  readonly machine: Machine;
  readonly machineState: Uint32Array;
  /** What the kernel did, and the calls behind it; null while nobody listens. */
  events: KernelEvent[] | null = null;
  calls: TracedCall[] = [];
  listener: GuestListener | null = null;
  /** Places of the WARN()s since somebody last emptied it. */
  readonly warnings: string[] = [];
  injected = false;
  readonly stale: StaleEntries | null;
  readonly costs: MutableCosts = noCosts();
  /** Bytes of wasm memory that belong to the state. */
  readonly stateBytes: number;
  /** Where the heap and simulated RAM begin, as indexes of words. */
  readonly areas: { readonly heap: number; readonly ram: number };
  private readonly instance: WasmInstance;
  private readonly load: () => WasmInstance;
  /** Memory below the heap as the module's data has it; null until somebody needs it. */
  private image: Uint32Array | null = null;
  /** RAM above 4 GiB. */
  private readonly high: Bank;
  /** Start and end of the heap and of simulated RAM, and what there is above 4 GiB. */
  private readonly bounds: readonly number[];
  private readonly stack: bigint | number;
  private wordView: Uint32Array;
  private byteView: Uint8Array;
  private kernelRoot = 0 as PhysAddr;
  /** Where the linear map has physical address 0, as the machine takes addresses. */
  readonly linearBase: number;

  /** The device behind the driver, and what stopped its last access. */
  device: Device = { addressBits: 64 };
  deviceFault: Fault | null = null;

  readonly places: Readonly<Record<string, string>>;

  /** @param places file and line of traced functions */
  constructor(module: WasmModule, imports: readonly ImportType[], places: Readonly<Record<string, string>>, machine: Omit<MachineConfig, "ram">, size: GuestSize = {}) {
    const { heapBytes = HEAP_BYTES, ramFrames = RAM_FRAMES, cells = 1, ramGiB = 2, lowestRam = 0, more = {} } = size;
    this.places = places;
    this.load = () => instantiate(module, { ...this.imports(imports), ...more });
    this.instance = this.load();
    this.stack = this.instance.stackPointer.value;
    const heapStart = Math.ceil(Number(this.instance.globals["__heap_base"]) / 4096) * 4096;
    const ramStart = Math.max(lowestRam, Math.ceil((heapStart + heapBytes) / RAM_ALIGN) * RAM_ALIGN);
    const high: Bank = { firstPfn: pfn(ramGiB <= 4 ? 0 : ramGiB * FRAMES_PER_GIB - HIGH_FRAMES), frames: ramGiB <= 4 ? 0 : HIGH_FRAMES };
    const ram: RamLayout = { firstPfn: pfn(ramStart / 4096), frames: ramFrames, cells, more: high.frames === 0 ? [] : [high], bar: BAR };
    this.high = high;
    this.stateBytes = ramStart + ramFrames * 4096;
    this.areas = { heap: heapStart / 4, ram: ramStart / 4 };
    const { memory } = this.instance;
    // Above the state: its copy as of the last comparison, and the numbers of chunks that differ.
    const structPages = heapStart + heapBytes + (high.firstPfn + high.frames) * STRUCT_PAGE_BYTES;
    const missing = Math.max(2 * this.stateBytes + RAM_ALIGN, structPages) - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    this.wordView = new Uint32Array(memory.buffer);
    this.byteView = new Uint8Array(memory.buffer);
    const config: MachineConfig = { ...machine, ram };
    this.machineState = new Uint32Array(machineWords(config));
    this.machine = new Machine(config, this.machineState, this.tables());
    const { tlb } = this.machine;
    this.stale = tlb === null ? null : new StaleEntries(tlb, () => this.wordView);
    this.port = {
      machine: this.machine,
      root: () => this.kernelRoot,
      ramStart,
      ramEnd: this.stateBytes,
      bytes: () => this.byteView,
      before: () => this.stale?.hold(),
    };
    this.bounds = [heapStart, heapStart + heapBytes, ramStart, this.stateBytes, high.firstPfn, high.frames];
    this.layOut();
    this.kernelRoot = physAddr(this.call("cbit_kernel_root"));
    this.linearBase = lowAddress(this.call64("cbit_linear_base"));
  }

  readonly port: DataPort;

  private layOut(): void {
    this.wordView.fill(POISON, 0, POISON_WORDS);
    this.call("cbit_layout", ...this.bounds);
  }

  /** The struct pages of RAM above 4 GiB, once the kernel has booted: a part of the state that lies apart. */
  get highPages(): Uint32Array {
    const { firstPfn, frames } = this.high;
    if (frames === 0) return this.wordView.subarray(0, 0);
    return this.wordView.subarray(this.call("cbit_struct_page", firstPfn) / 4, this.call("cbit_struct_page", firstPfn + frames) / 4);
  }

  /** True for addresses of the linear map, 48 bits. */
  isLinear(va: number): boolean {
    const { firstPfn, frames } = this.high;
    return va >= this.linearBase && va < this.linearBase + Math.max(this.stateBytes, (firstPfn + frames) * PAGE_SIZE);
  }

  /** Loads the kernel anew, as before it booted. The machine stays as it is, but for the TLB. */
  reload(): void {
    this.image ??= new Uint32Array(this.load().memory.buffer).slice(0, this.areas.heap);
    this.highPages.fill(0);
    this.wordView.fill(0, 0, this.stateBytes / 4);
    this.wordView.set(this.image);
    this.layOut();
    this.machine.tlb?.flushAll();
    this.stale?.unwatch();
  }

  /** Wasm memory as 32-bit words. */
  get words(): Uint32Array {
    return this.wordView;
  }

  /** Roots of the kernel's and of the process's page tables. */
  get root(): PhysAddr {
    return this.kernelRoot;
  }

  get userRoot(): PhysAddr {
    return physAddr(this.call("cbit_user_root"));
  }

  /** Calls an entry point; 64-bit results come back through `call64`. @throws KernelStop, WebAssembly.RuntimeError */
  call(name: string, ...args: number[]): number {
    return Number(this.enter(name, args));
  }

  call64(name: string, ...args: number[]): bigint {
    return BigInt.asUintN(64, BigInt(this.enter(name, args)));
  }

  callInside(name: string, argument: bigint): void {
    const entry = this.instance.functions[name];
    assert(entry !== undefined, `guest: no entry point ${name}`);
    const stack = this.instance.stackPointer.value;
    try {
      entry(argument);
    } catch (error) {
      this.overran ||= this.beyondStack;
      throw error;
    } finally {
      this.instance.stackPointer.value = stack;
    }
  }

  /** True where a call has ended because its stack ran over. */
  overran = false;

  /** The stack grows down, to what a null pointer reaches. */
  private get beyondStack(): boolean {
    return BigInt.asIntN(64, BigInt(this.instance.stackPointer.value)) < BigInt(POISON_WORDS * 4);
  }

  /**
   * Chunks of 1024 words from `start` to the end of the state that differ from what they were at the last call.
   * @param start a byte address, a multiple of 4096
   */
  changes(start: number): Uint32Array {
    const list = 2 * this.stateBytes;
    const count = this.call("cbit_changes", start, this.stateBytes, this.stateBytes + start, list);
    return this.wordView.subarray(list / 4, list / 4 + count);
  }

  /** Asks an entry point for rows of words, which it writes where no state is: they are there until the next question. @param row words of each */
  askWords(name: string, row: number): Uint32Array {
    const at = 2 * this.stateBytes;
    const count = this.call(name, at);
    return this.wordView.subarray(at / 4, at / 4 + count * row);
  }

  /** Puts a chunk back; the next comparison takes it as unchanged. */
  putChunk(address: number, words: Uint32Array): void {
    this.wordView.set(words, address / 4);
    this.wordView.set(words, (this.stateBytes + address) / 4);
  }

  /** All chunks from `start`, as they are now: the next comparison takes them as unchanged. */
  acceptAll(start: number): readonly number[] {
    this.wordView.copyWithin((this.stateBytes + start) / 4, start / 4, this.stateBytes / 4);
    return Array.from({ length: (this.stateBytes - start) / 4096 }, (_, chunk) => chunk);
  }

  /** True where the kernel wrote through a null pointer or its stack ran over. */
  get damaged(): boolean {
    for (let i = 0; i < POISON_WORDS; i++) if (this.wordView[i] !== POISON) return true;
    return false;
  }

  /** Puts back what `damaged` looks for. */
  repair(): void {
    this.wordView.fill(POISON, 0, POISON_WORDS);
  }

  fails(fn: Injectable): boolean {
    // Not by way of enter(): the frames of who called the host are still on the stack.
    return Number(this.instance.functions["cbit_inject"]!(INJECTABLE.indexOf(fn))) !== 0;
  }

  /** The end of boot: from now on the TLB holds what is changed. */
  watchTables(): void {
    this.stale?.watch(this.tables(), [this.kernelRoot, this.userRoot], this.machine.config.platform.cBit);
  }

  private enter(name: string, args: readonly number[]): number | bigint {
    const entry = this.instance.functions[name];
    assert(entry !== undefined, `guest: no entry point ${name}`);
    // An operation that was stopped left its frames on the stack.
    this.instance.stackPointer.value = this.stack;
    this.instance.steps.value = 0;
    return entry(...args) ?? 0;
  }

  /** A NUL-terminated string, or `length` bytes. */
  text(address: number, length = -1): string {
    // As memory accesses take it: the low 32 bits.
    const start = ((address % 2 ** 32) + 2 ** 32) % 2 ** 32;
    const nul = length < 0 ? this.byteView.indexOf(0, start) : start + length;
    const end = Math.min(nul < 0 ? this.byteView.length : nul, this.byteView.length, start + LONGEST_TEXT);
    let out = "";
    for (let i = start; i < end; i++) out += String.fromCharCode(this.byteView[i]!);
    return out;
  }

  spend(steps: number): void {
    this.instance.steps.value = Number(this.instance.steps.value) + steps;
  }

  /** Writes a string of ASCII characters with a NUL behind it. */
  putText(address: number, text: string): void {
    for (let i = 0; i <= text.length; i++) this.byteView[address + i] = i < text.length ? text.charCodeAt(i) : 0;
  }

  private tables(): TableMemory {
    return {
      readLo: (entry) => this.wordView[entry >>> 2] ?? 0,
      readHi: (entry) => this.wordView[(entry >>> 2) + 1] ?? 0,
      write: () => {
        throw new InternalError("guest: the kernel alone writes its page tables");
      },
    };
  }

  private imports(types: readonly ImportType[]): Record<string, HostFunction> {
    const host = hostFunctions(this);
    const table: Record<string, HostFunction> = {};
    for (const { name, result } of types) {
      const service = serviceOf(name);
      if (service === undefined) throw new InternalError(`guest: import ${name} is not a service`);
      if (service.kind === "host") {
        const fn = host[name];
        assert(fn !== undefined, `guest: no host function ${name}`);
        table[name] = fn;
      } else if (service.kind === "value") {
        const value = result === "i64" ? BigInt(service.value) : service.value;
        table[name] = () => (result === null ? undefined : value);
      } else {
        table[name] = () => {
          throw new KernelStop(`the kernel called ${name}(), which cbit does not provide: ${service.reason}`, name);
        };
      }
    }
    return table;
  }
}
