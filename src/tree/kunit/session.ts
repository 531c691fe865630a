// SPDX-License-Identifier: MIT
/** KUnit suites on one machine: every test begins on the machine as it was after boot. */

import { type Configuration, errnoName, type TestStop, type TestWarning } from "../../kernel/index.ts";
import { bootOptions } from "../boot.ts";
import type { Manifest } from "../build/prepare.ts";
import { architectureOf } from "../modules/index.ts";
import { Guest } from "../runtime/guest.ts";
import type { HostFunctions } from "../runtime/guest-port.ts";
import { KernelStop, stopOf } from "../runtime/stop.ts";
import type { WasmModule } from "../runtime/wasm.ts";

/** TTM's pool suite allocates two blocks of the largest order, 1024 pages each, and two more while the first ones are in the pool. */
const SIZE = { heapBytes: 4 << 20, ramFrames: 6144 } as const;
const PAGE_WORDS = 1024;

/** What is said of a write that was seen afterwards. */
export const NULL_WRITE = "the kernel wrote through a null pointer";

/** A suite, and its cases in the order in which the source lists them. */
export interface SuiteList {
  readonly name: string;
  readonly cases: readonly string[];
}

/** What running one case came to. */
export interface CaseRun {
  /** The kernel's log. */
  readonly log: readonly string[];
  readonly warnings: readonly TestWarning[];
  readonly stop: TestStop | null;
  /** False where one of the suites before it did not come to its end. */
  readonly reached: boolean;
}

export class KunitSession {
  private readonly guest: Guest;
  /** Memory after boot, up to where heap and RAM were used; what lies above is zero. */
  private readonly low: Uint32Array;
  private readonly ram: Uint32Array;
  private readonly machine: Uint32Array;
  /** How far heap and RAM were used after boot, in pages. */
  private readonly heapMark: number;
  private readonly ramMark: number;
  private state: "fresh" | "used" | "broken" = "fresh";

  /** Boots the machine. @throws KernelStop and what else ends a boot */
  constructor(module: WasmModule, manifest: Manifest, configuration: Configuration, more: HostFunctions = {}) {
    const { platform, iommu } = configuration;
    const { pageTables, lowestRam } = architectureOf(manifest.module);
    this.guest = new Guest(module, manifest.imports, manifest.places, { platform, iommu, pageTables }, { ...SIZE, lowestRam, more });
    for (const [name, value] of Object.entries(bootOptions(configuration))) this.guest.call(`cbit_set_${name}`, value);
    for (const entry of ["cbit_boot", "cbit_kunit_boot"]) {
      const error = this.guest.call(entry);
      if (error < 0) throw new KernelStop(`${entry}(): ${errnoName(error)}`, "");
    }
    this.guest.call("cbit_settle");
    const { words, areas, machineState } = this.guest;
    this.machine = machineState.slice();
    this.heapMark = this.guest.call("cbit_heap_mark");
    this.ramMark = this.guest.call("cbit_ram_mark");
    this.low = words.slice(0, areas.heap + this.heapMark * PAGE_WORDS);
    this.ram = words.slice(areas.ram, areas.ram + this.ramMark * PAGE_WORDS);
  }

  /** All suites of the module. */
  suites(): SuiteList[] {
    const { guest } = this;
    const suites: SuiteList[] = [];
    for (let s = 0, name = 0; (name = guest.call("cbit_kunit_suite", s)) !== 0; s++) {
      const cases: string[] = [];
      for (let c = 0, at = 0; (at = guest.call("cbit_kunit_case", s, c)) !== 0; c++) cases.push(guest.text(at));
      suites.push({ name: guest.text(name), cases });
    }
    return suites;
  }

  /**
   * Puts the machine back to what it was after boot. Of heap and RAM only what was taken since can differ, as long as the
   * test came to its end.
   */
  private reset(): void {
    const { guest, low, ram, state } = this;
    if (state === "fresh") return;
    const { words, areas } = guest;
    const broken = state === "broken";
    words.fill(0, low.length, broken ? areas.ram : areas.heap + guest.call("cbit_heap_mark") * PAGE_WORDS);
    words.fill(0, areas.ram + ram.length, broken ? guest.stateBytes / 4 : areas.ram + guest.call("cbit_ram_mark") * PAGE_WORDS);
    words.set(low);
    words.set(ram, areas.ram);
    guest.machineState.set(this.machine);
    guest.call("cbit_heap_mark_set", this.heapMark);
    guest.call("cbit_ram_mark_set", this.ramMark);
    this.state = "fresh";
  }

  /**
   * Runs one case, with what its suite does before and after.
   * @param before suites to run first, on the same machine; nothing is told of them
   */
  run(suite: string, test: string, before: readonly string[] = []): CaseRun {
    const { guest } = this;
    this.reset();
    this.state = "used";
    let log: string[] = [];
    let warnings: TestWarning[] = [];
    guest.warnings.length = 0;
    guest.overran = false;
    guest.listener = {
      log: (_level, text) => void log.push(...text.replace(/\n$/, "").split("\n")),
      warned: (at, frames) => void warnings.push({ at, frames: kernelFrames(frames) }),
    };
    let stop: TestStop | null = null;
    let reached = false;
    try {
      for (const name of before) this.execute(name);
      reached = true;
      log = [];
      warnings = [];
      this.execute(`${suite}.${test}`);
      if (guest.damaged) stop = { reason: NULL_WRITE, at: "", frames: [] };
    } catch (error) {
      const { reason, at, frames } = stopOf(error);
      // Whatever came next: below the stack there is nothing.
      stop = guest.overran ? { reason: "the kernel's stack ran over", at: "", frames: kernelFrames(frames) } : { reason, at, frames: kernelFrames(frames) };
    }
    guest.listener = null;
    if (stop !== null) this.state = "broken";
    return { log, warnings, stop, reached };
  }

  private execute(glob: string): void {
    this.guest.putText(this.guest.call("cbit_kunit_glob"), glob);
    this.guest.call("cbit_kunit_run");
    this.guest.call("cbit_settle");
  }
}

/** Where the glue runs threads: what lies outside says nothing of the kernel. */
const GLUE = /^(?:cbit_|run_something$|kunit_(?:try_run_case(?:_cleanup)?|generic_run_threadfn_adapter)$)/;

/** The frames of the thread that a test runs in, without the glue's. */
function kernelFrames(frames: readonly string[]): string[] {
  const end = frames.findIndex((name) => name === "cbit_thread_body");
  const inner = end < 0 ? frames : frames.slice(0, end);
  const names = inner.filter((name) => !GLUE.test(name));
  const shown: string[] = [];
  for (let i = 0, times = 1; i < names.length; i++, times++) {
    if (names[i] === names[i + 1]) continue;
    shown.push(times === 1 ? names[i]! : `${names[i]} (${times} times)`);
    times = 0;
  }
  return shown;
}
