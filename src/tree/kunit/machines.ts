// SPDX-License-Identifier: MIT
/** A module's suites on several machines. */

import { type Configuration, type MachineTests, STOPPED_AT_BOOT, stopText, type SuiteResult, type TestResult, type TestStop, unsupportedReason } from "../../kernel/index.ts";
import { treeUnsupported } from "../boot.ts";
import type { PatchedTree } from "../patch/prepare-tree.ts";
import type { Host } from "../host.ts";
import { architectureOf } from "../modules/index.ts";
import { placedStopOf } from "../runtime/stop.ts";
import { compileModule, type WasmModule } from "../runtime/wasm.ts";
import { placeStops } from "./places.ts";
import { runSuites } from "./run.ts";
import { KunitSession, NULL_WRITE } from "./session.ts";
import type { TestFilter } from "./suites.ts";
import { createWatch, type Watch } from "./watch.ts";

/** How much of a stack is told. V8 keeps ten frames by itself, of which threads take most. */
const FRAMES = 100;
/** V8's, not the language's. */
const engine = Error as unknown as { stackTraceLimit: number };

export interface KunitRun {
  readonly machines: readonly MachineTests[];
  /** All suites of the module, wanted or not. */
  readonly names: readonly string[];
}

/** Boots a machine; the reason where that cannot be done. */
function boot(module: WasmModule, tree: PatchedTree, machine: Configuration): KunitSession | string {
  const limit = machine.ttmPagesLimit === undefined ? null : "suites run without ttm.pages_limit";
  const reason = unsupportedReason(machine) ?? treeUnsupported(architectureOf(tree.manifest.module).name, machine) ?? limit;
  if (reason !== null) return reason;
  try {
    return new KunitSession(module, tree.manifest, machine);
  } catch (error) {
    return `${STOPPED_AT_BOOT}${stopText(placedStopOf(error))}`;
  }
}

/**
 * Runs what a filter wants of a module on each machine.
 * @param wasm the module's bytes
 * @param progress told before each test
 */
export async function runKunit(host: Host, tree: PatchedTree, wasm: Uint8Array, filter: TestFilter, machines: readonly Configuration[], progress: (machine: string, suite: string) => void = () => undefined): Promise<KunitRun> {
  const names = new Set<string>();
  const results: MachineTests[] = [];
  const dependent = new Set<string>();
  const limit = engine.stackTraceLimit;
  engine.stackTraceLimit = FRAMES;
  try {
    const module = compileModule(wasm);
    for (const machine of machines) {
      const session = boot(module, tree, machine);
      if (typeof session === "string") {
        results.push({ machine: machine.name, unsupported: session, suites: [] });
        continue;
      }
      const all = session.suites().map((s) => s.name);
      for (const name of all) names.add(name);
      let watch: Watch | null = null;
      /** The results with the place of writes through null pointers. */
      const watched = async (suites: readonly SuiteResult[]): Promise<SuiteResult[]> => {
        if (suites.some((s) => s.tests.some((t) => t.stop?.reason === NULL_WRITE))) watch ??= await createWatch(wasm, tree.manifest, machine);
        const stopOfTest = (suite: string, { name, stop }: TestResult): TestStop | null => (stop?.reason === NULL_WRITE ? (watch!(suite, name, all.slice(0, all.indexOf(suite))) ?? stop) : stop);
        return suites.map((s) => ({ ...s, tests: s.tests.map((t) => ({ ...t, stop: stopOfTest(s.name, t) })) }));
      };
      results.push({ machine: machine.name, unsupported: null, suites: await placeStops(host, tree, await watched(runSuites(session, filter, dependent, (suite) => progress(machine.name, suite)))) });
    }
  } finally {
    engine.stackTraceLimit = limit;
  }
  return { machines: results, names: [...names] };
}
