// SPDX-License-Identifier: MIT
/** Runs each tool on each model several times, turn by turn so that a busy minute of the machine does not hit one tool alone. */

import { cbit } from "./cbit.ts";
import type { Checker, Outcome } from "./checker.ts";
import type { Model } from "./models/model.ts";
import type { Lab } from "./processes.ts";
import { rumur } from "./rumur.ts";
import { type Sample, sampleOf } from "./sample.ts";
import { SPIN_MODES, spin } from "./spin.ts";

/** A tool on a model. */
export interface Row {
  readonly tool: string;
  readonly states: number;
  readonly transitions: number;
  readonly steps: number | null;
  readonly status: number;
  /** The search alone; generating and compiling; from the model to the verdict. */
  readonly search: Sample;
  readonly build: Sample;
  readonly total: Sample;
  /** Of the run on all cores, without generating and compiling: what a busy machine changes least. */
  readonly cpu: Sample;
  readonly rssBytes: Sample;
}

/** The rows that ratios are made of. */
export interface Rows {
  readonly cbit1: Row;
  readonly cbit2: Row;
  readonly spinDfs: Row;
  readonly spinBfs: Row;
  readonly spinPar: Row;
  readonly rumur: Row;
}

export interface ModelComparison {
  readonly model: Model;
  readonly rows: Rows;
  /** cbit with a second thread from the first states on, where it would not ask for one. */
  readonly atOnce: Row;
  /** cbit with symmetry reduction: another search than the others do. Null where the model is not asked for it. */
  readonly symmetry: Row | null;
}

export interface BugComparison {
  readonly model: Model;
  readonly rows: readonly Row[];
}

/** Told what is about to run. */
export type Announce = (what: string) => void;

function measured(checkers: readonly Checker[], model: Model, bug: boolean, runs: number, announce: Announce): Row[] {
  const outcomes = checkers.map((): (Outcome & { readonly buildSeconds: number })[] => []);
  for (let run = 1; run <= runs; run++) {
    for (const [i, checker] of checkers.entries()) {
      announce(`${model.name}${bug ? " with its bug" : ""}: ${checker.name}, run ${run} of ${runs}`);
      const built = checker.build(model, bug);
      outcomes[i]!.push({ ...built.run(), buildSeconds: built.seconds });
    }
  }
  return checkers.map((checker, i): Row => {
    const all = outcomes[i]!;
    const { states, transitions, steps, status } = all[0]!;
    return {
      tool: checker.name,
      states,
      transitions,
      steps,
      status,
      search: sampleOf(all.map((o) => o.searchSeconds)),
      build: sampleOf(all.map((o) => o.buildSeconds)),
      total: sampleOf(all.map((o) => o.buildSeconds + o.runSeconds)),
      cpu: sampleOf(all.map((o) => o.cpuSeconds)),
      rssBytes: sampleOf(all.map((o) => o.rssBytes)),
    };
  });
}

export function compareOn(lab: Lab, model: Model, runs: number, announce: Announce): ModelComparison {
  const checkers = [cbit(lab, { workers: 1 }), cbit(lab, { workers: 2 }), spin(lab, SPIN_MODES.dfs), spin(lab, SPIN_MODES.bfs), spin(lab, SPIN_MODES.par), rumur(lab, 2), cbit(lab, { workers: 2, atOnce: true })];
  const [cbit1, cbit2, spinDfs, spinBfs, spinPar, rumur2, atOnce] = measured(checkers, model, false, runs, announce) as [Row, Row, Row, Row, Row, Row, Row];
  const reduced = model.orbits === null ? [] : measured([cbit(lab, { workers: 1, symmetry: true })], model, false, runs, announce);
  return { model, rows: { cbit1, cbit2, spinDfs, spinBfs, spinPar, rumur: rumur2 }, atOnce, symmetry: reduced[0] ?? null };
}

/** The way to the bug: breadth first each, and what the others give. */
export function compareBug(lab: Lab, model: Model, runs: number, announce: Announce): BugComparison {
  const checkers = [cbit(lab, { workers: 1 }), cbit(lab, { workers: 2 }), spin(lab, SPIN_MODES.bfs), spin(lab, SPIN_MODES.dfs), rumur(lab, 1), rumur(lab, 2)];
  return { model, rows: measured(checkers, model, true, runs, announce) };
}

/** What does not agree, in words; empty where everything does. */
export function disagreements(models: readonly ModelComparison[], bugs: readonly BugComparison[]): string[] {
  const wrong: string[] = [];
  for (const { model, rows, atOnce, symmetry } of models) {
    for (const { tool, states, transitions, steps } of [...(Object.values(rows) as Row[]), atOnce]) {
      if (states !== model.states || transitions !== model.transitions) {
        wrong.push(`${model.name}: ${tool} has ${states} states and ${transitions} transitions, not ${model.states} and ${model.transitions}`);
      }
      if (steps !== null) wrong.push(`${model.name}: ${tool} says that it does not hold`);
    }
    if (symmetry !== null && symmetry.states !== model.orbits) wrong.push(`${model.name}: ${symmetry.tool} has ${symmetry.states} states, not ${model.orbits}`);
  }
  for (const { model, rows } of bugs) {
    const { steps } = model.bug!;
    for (const row of rows) {
      if (row.steps === null) wrong.push(`${model.name}: ${row.tool} does not find the bug`);
      else if (row.steps < steps) wrong.push(`${model.name}: ${row.tool} needs ${row.steps} steps to the bug, fewer than ${steps}`);
      else if (row.steps > steps && row.tool.startsWith("cbit")) wrong.push(`${model.name}: ${row.tool} needs ${row.steps} steps to the bug, not ${steps}`);
    }
  }
  return wrong;
}
