// SPDX-License-Identifier: MIT
/** KUnit suites on one machine: every test begins on the machine as it was after boot. */

import { assert } from "../../base/index.ts";
import type { Configuration } from "../../kernel/index.ts";
import { bootOptions } from "../boot.ts";
import type { Manifest } from "../build/prepare.ts";
import { Guest } from "../runtime/guest.ts";
import { stopOf } from "../runtime/stop.ts";
import type { WasmModule } from "../runtime/wasm.ts";

/** TTM's pool suite allocates two blocks of the largest order, 1024 pages each. */
const SIZE = { heapBytes: 3 << 20, ramFrames: 4096 } as const;
const PAGE_WORDS = 1024;

/** A suite, and its cases in the order in which the source lists them. */
export interface SuiteList {
  readonly name: string;
  readonly cases: readonly string[];
}

/** A WARN() on the way. */
export interface Warning {
  /** "drivers/gpu/drm/ttm/ttm_bo.c:123" */
  readonly at: string;
  /** Kernel functions that it was reached through, innermost first. */
  readonly frames: readonly string[];
}

/** What ended a test from outside. */
export interface TestStop {
  readonly reason: string;
  /** File and line where they are known. */
  readonly at: string;
  readonly frames: readonly string[];
}

/** What running one case came to. */
export interface CaseRun {
  /** The kernel's log. */
  readonly log: readonly string[];
  readonly warnings: readonly Warning[];
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
  constructor(module: WasmModule, manifest: Manifest, configuration: Configuration) {
    const { platform, iommu } = configuration;
    this.guest = new Guest(module, manifest.imports, manifest.places, { platform, iommu }, SIZE);
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

  /** Runs one case, with what its suite does before and after. */
  run(suite: string, test: string): CaseRun {
    const { guest } = this;
    this.reset();
    this.state = "used";
    const log: string[] = [];
    const warnings: Warning[] = [];
    const glob = guest.call("cbit_kunit_glob");
    guest.putText(glob, `${suite}.${test}`);
    guest.warnings.length = 0;
    guest.listener = {
      log: (_level, text) => void log.push(...text.replace(/\n$/, "").split("\n")),
      warned: (at, frames) => void warnings.push({ at, frames }),
    };
    let stop: TestStop | null = null;
    try {
      guest.call("cbit_kunit_run");
      guest.call("cbit_settle");
      if (guest.damaged) stop = { reason: "the kernel wrote through a null pointer", at: "", frames: [] };
    } catch (error) {
      stop = stopOf(error);
    }
    guest.listener = null;
    if (stop !== null) this.state = "broken";
    return { log, warnings, stop };
  }
}
