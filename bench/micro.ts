// SPDX-License-Identifier: MIT
/** One C file three ways: native, under LLVM's JIT, and lowered to WebAssembly as a kernel file is, loop limit included. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lowerMemory64, lowerModule } from "../dist/tree/index.js";
import type { Announce } from "./comparison.ts";
import { type Lab, ROOT } from "./processes.ts";
import { type Sample, sampleOf } from "./sample.ts";

const ROUNDS = 60;
const FLAGS = ["-O2", "-fno-builtin", "-fno-vectorize", "-fno-slp-vectorize"];

export interface MicroRow {
  readonly way: "native" | "lli" | "cbit";
  readonly title: string;
  /** Of all rounds but the first, in which code is compiled. */
  readonly seconds: Sample;
  readonly sum: bigint;
}

interface Result {
  readonly sum: bigint;
  readonly seconds: number;
}

/** The parts of the engine's interface that are used; the library types of this project have none. */
interface Engine {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Record<string, (...args: bigint[]) => bigint> };
}

function printed(stdout: string): Result {
  const [sum, seconds] = stdout.trim().split(" ");
  return { sum: BigInt(sum!), seconds: Number(seconds) };
}

async function wasm(lab: Lab, folder: string, suffix: string): Promise<() => Result> {
  const source = (name: string): string => join(ROOT, "bench", "micro", name);
  lab.run([`clang${suffix}`, ...FLAGS, "-emit-llvm", "-S", source("work.c"), "-o", "work.ll"], folder);
  writeFileSync(join(folder, "lowered.ll"), lowerModule(readFileSync(join(folder, "work.ll"), "utf8"), "work.c"));
  lab.run([`llc${suffix}`, "-march=wasm64", "-filetype=obj", "-O2", "lowered.ll", "-o", "work.o"], folder);
  lab.run([`clang${suffix}`, "--target=wasm64", "-O2", "-fno-builtin", "-c", source("limits.c"), "-o", "limits.o"], folder);
  lab.run([`wasm-ld${suffix}`, "-mwasm64", "--no-entry", "--global-base=65536", "--export=work_round", "--export=micro_reset", "work.o", "limits.o", "-o", "linked.wasm"], folder);
  const lowered = await lowerMemory64(readFileSync(join(folder, "linked.wasm")));
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;
  const module = new Module(lowered.wasm);
  return () => {
    const { exports } = new Instance(module);
    const round = (seed: number): bigint => {
      exports["micro_reset"]!();
      return BigInt.asUintN(64, exports["work_round"]!(BigInt(seed)));
    };
    let sum = round(1);
    const start = performance.now();
    for (let i = 2; i <= ROUNDS; i++) sum = BigInt.asUintN(64, sum + round(i));
    return { sum, seconds: (performance.now() - start) / 1000 };
  };
}

/** @param suffix of LLVM's programs: "-19" */
export async function measureMicro(lab: Lab, suffix: string, runs: number, announce: Announce): Promise<MicroRow[]> {
  const folder = lab.newFolder();
  const source = (name: string): string => join(ROOT, "bench", "micro", name);
  lab.run([`clang${suffix}`, ...FLAGS, source("work.c"), source("native.c"), "-o", "native"], folder);
  for (const name of ["work", "native"]) lab.run([`clang${suffix}`, ...FLAGS, "-emit-llvm", "-c", source(`${name}.c`), "-o", `${name}.bc`], folder);
  lab.run([`llvm-link${suffix}`, "work.bc", "native.bc", "-o", "all.bc"], folder);
  const inWasm = await wasm(lab, folder, suffix);
  const ways: readonly (Pick<MicroRow, "way" | "title"> & { run(): Result })[] = [
    { way: "native", title: `native, clang${suffix} -O2`, run: () => printed(lab.run([join(folder, "native"), String(ROUNDS)], folder).stdout) },
    { way: "lli", title: `lli${suffix}, LLVM's JIT`, run: () => printed(lab.run([`lli${suffix}`, "all.bc", String(ROUNDS)], folder).stdout) },
    { way: "cbit", title: "cbit's lowering, WebAssembly in V8", run: inWasm },
  ];
  const results = ways.map((): Result[] => []);
  for (let run = 1; run <= runs; run++) {
    for (const [i, { title, run: once }] of ways.entries()) {
      announce(`micro-benchmark: ${title}, run ${run} of ${runs}`);
      results[i]!.push(once());
    }
  }
  return ways.map(({ way, title }, i) => ({ way, title, seconds: sampleOf(results[i]!.map((r) => r.seconds)), sum: results[i]![0]!.sum }));
}
