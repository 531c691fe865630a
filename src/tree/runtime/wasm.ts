// SPDX-License-Identifier: MIT
/** The WebAssembly interface of the JavaScript engine, as far as it is used: the language's library types lack it. */

export interface WasmModule {
  readonly brand?: "module";
}

export interface WasmGlobal {
  value: bigint | number;
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export type WasmFunction = (...args: (number | bigint)[]) => number | bigint | undefined;

export interface WasmInstance {
  readonly memory: WasmMemory;
  readonly stackPointer: WasmGlobal;
  /** Steps of the running operation (src/tree/lower/steps.ts). */
  readonly steps: WasmGlobal;
  readonly functions: Readonly<Record<string, WasmFunction | undefined>>;
  /** Exported constants (addresses of symbols). */
  readonly globals: Readonly<Record<string, number>>;
}

interface Engine {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: Record<string, Record<string, WasmFunction>>) => { readonly exports: Record<string, unknown> };
}

function engine(): Engine {
  return (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;
}

export function compileModule(bytes: Uint8Array): WasmModule {
  const { Module } = engine();
  return new Module(bytes);
}

export function instantiate(module: WasmModule, env: Record<string, WasmFunction>): WasmInstance {
  const { Instance } = engine();
  const { exports } = new Instance(module, { env });
  const functions: Record<string, WasmFunction> = {};
  const globals: Record<string, number> = {};
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value === "function") functions[name] = value as WasmFunction;
    else if (name !== "memory" && typeof (value as WasmGlobal).value !== "undefined") globals[name] = Number((value as WasmGlobal).value);
  }
  return {
    memory: exports["memory"] as WasmMemory,
    stackPointer: exports["__stack_pointer"] as WasmGlobal,
    steps: exports["cbit_steps"] as WasmGlobal,
    functions,
    globals,
  };
}
