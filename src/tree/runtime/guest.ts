// SPDX-License-Identifier: MIT
/** A running module: its memory, its entry points, and the machine behind them. */

import { assert, InternalError, pfn, type PhysAddr, physAddr } from "../../base/index.ts";
import type { KernelEvent } from "../../kernel/index.ts";
import { Machine, type MachineConfig, machineWords, type RamLayout, type TableMemory } from "../../machine/index.ts";
import { TRACES } from "../lower/traces.ts";
import { SERVICES } from "../services/table.ts";
import { dataCopy, type DataPort, dataSet } from "./data.ts";
import { describeCall } from "./story.ts";
import { wasmFrames } from "./frames.ts";
import { KernelStop } from "./stop.ts";
import { instantiate, type WasmInstance, type WasmModule } from "./wasm.ts";

/** Bytes of the arena that kmalloc takes from. */
const HEAP_BYTES = 768 << 10;
/** Frames of simulated RAM, above the heap. */
const RAM_FRAMES = 256;
const RAM_ALIGN = 1 << 20;
const BUGFLAG_WARNING = 1;
/** Words at the bottom of memory that hold a pattern: what a null pointer reaches, and where a stack ends that is too deep. */
const POISON_WORDS = 1024;
const POISON = 0xb0b0b0b0;

/** A function that the module imports, with its type: "i32", "i64" and so on. */
export interface ImportType {
  readonly name: string;
  readonly params: readonly string[];
  readonly result: string | null;
}

/** A call of a traced function (lower/traces.ts). */
export interface TracedCall {
  readonly function: string;
  /** Its first four arguments, 0 where it has fewer. */
  readonly args: readonly bigint[];
  /** Functions that it was called from, innermost first. */
  readonly callers: readonly string[];
}

export class Guest {
  readonly machine: Machine;
  readonly machineState: Uint32Array;
  /** What the kernel did, and the calls behind it; null while nobody listens. */
  events: KernelEvent[] | null = null;
  calls: TracedCall[] = [];
  /** Places of the WARN()s since somebody last emptied it. */
  readonly warnings: string[] = [];
  /** Bytes of wasm memory that belong to the state. */
  readonly stateBytes: number;
  private readonly instance: WasmInstance;
  private readonly stack: bigint | number;
  private wordView: Uint32Array;
  private byteView: Uint8Array;
  private kernelRoot = 0 as PhysAddr;

  private readonly places: Readonly<Record<string, string>>;

  /** @param places file and line of traced functions */
  constructor(module: WasmModule, imports: readonly ImportType[], places: Readonly<Record<string, string>>, machine: Omit<MachineConfig, "ram">) {
    this.places = places;
    this.instance = instantiate(module, this.imports(imports));
    this.stack = this.instance.stackPointer.value;
    const heapStart = Math.ceil(Number(this.instance.globals["__heap_base"]) / 4096) * 4096;
    const ramStart = Math.ceil((heapStart + HEAP_BYTES) / RAM_ALIGN) * RAM_ALIGN;
    const ram: RamLayout = { firstPfn: pfn(ramStart / 4096), frames: RAM_FRAMES, cells: 1 };
    this.stateBytes = ramStart + RAM_FRAMES * 4096;
    const { memory } = this.instance;
    // Above the state: its copy as of the last comparison, and the numbers of chunks that differ.
    const missing = 2 * this.stateBytes + RAM_ALIGN - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    this.wordView = new Uint32Array(memory.buffer);
    this.byteView = new Uint8Array(memory.buffer);
    const config: MachineConfig = { ...machine, ram };
    this.machineState = new Uint32Array(machineWords(config));
    this.machine = new Machine(config, this.machineState, this.tables());
    this.port = {
      machine: this.machine,
      root: () => this.kernelRoot,
      ramStart,
      ramEnd: this.stateBytes,
      bytes: () => this.byteView,
    };
    this.wordView.fill(POISON, 0, POISON_WORDS);
    this.call("cbit_layout", heapStart, heapStart + HEAP_BYTES, ramStart, this.stateBytes);
    this.kernelRoot = physAddr(this.call("cbit_kernel_root"));
  }

  private readonly port: DataPort;

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

  /**
   * Chunks of 1024 words from `start` to the end of the state that differ from what they were at the last call.
   * @param start a byte address, a multiple of 4096
   */
  changes(start: number): Uint32Array {
    const list = 2 * this.stateBytes;
    const count = this.call("cbit_changes", start, this.stateBytes, this.stateBytes + start, list);
    return this.wordView.subarray(list / 4, list / 4 + count);
  }

  /** Puts a chunk back; the next comparison takes it as unchanged. */
  putChunk(address: number, words: Uint32Array): void {
    this.wordView.set(words, address / 4);
    this.wordView.set(words, (this.stateBytes + address) / 4);
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

  private enter(name: string, args: readonly number[]): number | bigint {
    const entry = this.instance.functions[name];
    assert(entry !== undefined, `guest: no entry point ${name}`);
    // An operation that was stopped left its frames on the stack.
    this.instance.stackPointer.value = this.stack;
    return entry(...args) ?? 0;
  }

  /** A NUL-terminated string, or `length` bytes. */
  text(address: number, length = -1): string {
    let end = address;
    while (length < 0 ? this.byteView[end] !== 0 : end < address + length) end++;
    let out = "";
    for (let i = address; i < end; i++) out += String.fromCharCode(this.byteView[i]!);
    return out;
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

  private imports(types: readonly ImportType[]): Record<string, (...args: (number | bigint)[]) => number | bigint | undefined> {
    const host = this.host();
    const table: Record<string, (...args: (number | bigint)[]) => number | bigint | undefined> = {};
    for (const { name, result } of types) {
      const service = SERVICES.get(name);
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

  private host(): Record<string, (...args: any[]) => undefined> {
    return {
      cbit_data_set: (to: bigint, byte: number, n: bigint) => void dataSet(this.port, to, byte, n),
      cbit_data_copy: (to: bigint, from: bigint, n: bigint) => void dataCopy(this.port, to, from, n),
      // The machine has neither caches nor a TLB that could hold anything back.
      cbit_clflush: () => undefined,
      cbit_wbinvd: () => undefined,
      cbit_flush_tlb: () => undefined,
      cbit_invlpg: () => undefined,
      cbit_write_cr3: () => undefined,
      cbit_bug: (file: bigint, line: number, flags: number) => {
        const at = `${this.text(Number(file))}:${line}`;
        if ((flags & BUGFLAG_WARNING) === 0) throw new KernelStop("kernel BUG", at);
        this.warnings.push(`WARN at ${at}`);
        this.events?.push({ function: "WARN", file: at, text: "WARNING" });
        return undefined;
      },
      cbit_trace: (id: number, ...args: bigint[]) => {
        if (this.events === null) return undefined;
        this.events.push(describeCall(id, args, this.places, this.machine.config.platform.cBit));
        const fn = TRACES[id]!.function;
        const frames = wasmFrames(new Error("trace"));
        this.calls.push({ function: fn, args: args.map((a) => BigInt.asUintN(64, a)), callers: frames.slice(frames.indexOf(fn) + 1) });
        return undefined;
      },
      cbit_log: (_level: number, text: bigint, length: number) => {
        this.events?.push({ function: "printk", file: "", text: this.text(Number(text), length).trim() });
        return undefined;
      },
      cbit_stop: (why: bigint, what: bigint) => {
        const detail = this.text(Number(what)).trim();
        throw new KernelStop(`${this.text(Number(why))}${detail === "" ? "" : `: ${detail}`}`, "");
      },
    };
  }
}
