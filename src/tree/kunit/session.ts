// SPDX-License-Identifier: MIT
/** KUnit suites on one machine: every test begins on the machine as it was after boot. */

import { assert } from "../../base/index.ts";
import type { Configuration, TestStop, TestWarning } from "../../kernel/index.ts";
import { bootOptions } from "../boot.ts";
import type { Manifest } from "../build/prepare.ts";
import { Guest } from "../runtime/guest.ts";
import type { HostFunctions } from "../runtime/guest-port.ts";
import { stopOf } from "../runtime/stop.ts";
import type { WasmModule } from "../runtime/wasm.ts";

/** TTM's pool suite allocates two blocks of the largest order, 1024 pages each, and two more while the first ones are in the pool. */
const SIZE = { heapBytes: 3 << 20, ramFrames: 6144 } as const;
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
}

export class KunitSession {
  private readonly guest: Guest;
  private readonly memory: Uint32Array;
  private readonly machine: Uint32Array;
  /** How far heap and RAM were used after boot, in pages. */
  private readonly heapMark: number;
  private readonly ramMark: number;
  private state: "fresh" | "used" | "broken" = "fresh";

  /** Boots the machine. @throws KernelStop and what else ends a boot */
  constructor(module: WasmModule, manifest: Manifest, configuration: Configuration, more: HostFunctions = {}) {
    const { platform, iommu } = configuration;
    this.guest = new Guest(module, manifest.imports, manifest.places, { platform, iommu }, { ...SIZE, more });
    for (const [name, value] of Object.entries(bootOptions(configuration))) this.guest.call(`cbit_set_${name}`, value);
    assert(this.guest.call("cbit_boot") >= 0, "kunit: boot");
    assert(this.guest.call("cbit_kunit_boot") >= 0, "kunit: KUnit's own start");
    this.guest.call("cbit_settle");
    this.memory = this.guest.words.slice(0, this.guest.stateBytes / 4);
    this.machine = this.guest.machineState.slice();
    this.heapMark = this.guest.call("cbit_heap_mark");
    this.ramMark = this.guest.call("cbit_ram_mark");
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
    const { guest, memory, heapMark, ramMark } = this;
    if (this.state === "fresh") return;
    if (this.state === "broken") guest.words.set(memory);
    else {
      const { heap, ram } = guest.areas;
      const put = (from: number, to: number): void => guest.words.set(memory.subarray(from, to), from);
      put(0, heap + Math.max(heapMark, guest.call("cbit_heap_mark")) * PAGE_WORDS);
      put(ram, ram + Math.max(ramMark, guest.call("cbit_ram_mark")) * PAGE_WORDS);
    }
    guest.machineState.set(this.machine);
    guest.call("cbit_heap_mark_set", heapMark);
    guest.call("cbit_ram_mark_set", ramMark);
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
    try {
      for (const name of before) this.execute(name);
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
    return { log, warnings, stop };
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
