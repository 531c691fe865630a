// SPDX-License-Identifier: MIT
/** A matrix of verdicts with what is the same merged: rows and columns that stand for several devices or machines. */

import type { Verdict } from "../check/index.ts";

/** One cell of a matrix, by what it is about. */
export interface Cell<Word extends string = Verdict> {
  readonly machine: string;
  readonly device: string;
  readonly verdict: Word;
  /** Keys of the stories behind a broken cell; nothing elsewhere. */
  readonly keys?: string;
}

/** What a cell of the grid shows. */
export type CellFace<Word extends string = Verdict> = Pick<Cell<Word>, "verdict" | "keys">;

/** Lines of one axis that show the same, by name, in the order of the matrix. */
export type Merged = readonly string[];

/** Where a machine belongs: "sme", "sev", "tdx". Machines are merged within a family only. */
export function familyOf(machine: string): string {
  return machine.split(/[-,]/, 1)[0]!;
}

/** Names that have the same `key`, merged in the order of the first of each. */
function mergeBy(names: readonly string[], key: (name: string) => string): Merged[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const k = key(name);
    const group = groups.get(k);
    if (group === undefined) groups.set(k, [name]);
    else group.push(name);
  }
  return [...groups.values()];
}

export interface Grid<Word extends string = Verdict> {
  readonly machines: readonly Merged[];
  readonly devices: readonly Merged[];
  /** Null where the matrix has no such case. */
  at(machine: Merged, device: Merged): CellFace<Word> | null;
}

/** The matrix as a grid. @param merge false: each machine and device for itself */
export function gridOf<Word extends string>(cells: readonly Cell<Word>[], merge: boolean): Grid<Word> {
  const table = new Map(cells.map((c) => [`${c.machine}/${c.device}`, c]));
  const machines = [...new Set(cells.map((c) => c.machine))];
  const devices = [...new Set(cells.map((c) => c.device))];
  const at = (machine: string, device: string): CellFace<Word> | null => table.get(`${machine}/${device}`) ?? null;
  const face = (cell: CellFace<Word> | null): string => (cell === null ? "" : `${cell.verdict}:${cell.keys ?? ""}`);
  const column = (m: string): string => [familyOf(m), ...devices.map((d) => face(at(m, d)))].join(" ");
  const row = (d: string): string => machines.map((m) => face(at(m, d))).join(" ");
  return {
    machines: merge ? mergeBy(machines, column) : machines.map((m) => [m]),
    devices: merge ? mergeBy(devices, row) : devices.map((d) => [d]),
    at: (machine, device) => at(machine[0]!, device[0]!),
  };
}

/**
 * Machines in fewer words: those that differ by their IOMMU mode only stand as one, "sme-zen2,iommu=off|identity". A platform's
 * own mode, which names leave out, stays apart.
 */
export function briefMachines(names: readonly string[]): readonly string[] {
  const modes = new Map<string, string[]>();
  for (const name of names) {
    const key = name.replace(/,iommu=[^,]*/, ",iommu=");
    modes.set(key, [...(modes.get(key) ?? []), /,iommu=([^,]*)/.exec(name)?.[1] ?? ""]);
  }
  return [...modes].map(([key, some]) => key.replace(",iommu=", `,iommu=${some.join("|")}`));
}

/** Where something is so, in few words: devices that have it on the same machines stand together. "a b on sev sev-es". */
export function placesText(places: readonly { readonly device: string; readonly machine: string }[]): readonly string[] {
  const devices = [...new Set(places.map((p) => p.device))];
  const machinesOf = (device: string): string => briefMachines(places.filter((p) => p.device === device).map((p) => p.machine)).join(" ");
  return mergeBy(devices, machinesOf).map((group) => `${group.join(" ")} on ${machinesOf(group[0]!)}`);
}
