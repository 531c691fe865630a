// SPDX-License-Identifier: MIT
/** A matrix as a heat map: machines and devices that come to the same stand together, each cell has its word. */

import { briefMachines, type Cell, type CellFace, gridOf, type Merged } from "../grid.ts";
import type { Subjects } from "../reports.ts";
import { count } from "../wrap.ts";
import { html, joined, type Markup } from "./markup.ts";

/** What is written in a cell, and where it leads. */
export interface Face {
  /** A class of the style sheet. */
  readonly word: string;
  readonly text: string;
  /** Behind the text: the letters of the stories. */
  readonly key?: string;
  /** An element's id; null where it leads nowhere. */
  readonly to: string | null;
}

/** How cells look. */
export type Painter<Word extends string> = (face: CellFace<Word>) => Face;

/** Names that begin alike as a shell would have them: "amdgpu-{gfx6,gfx7} radeon". */
export function bracedNames(names: readonly string[]): readonly string[] {
  const families = new Map<string, string[]>();
  for (const name of names) {
    const cut = name.startsWith("./") || name.includes("/") ? 0 : name.indexOf("-") + 1;
    families.set(name.slice(0, cut) || `=${name}`, [...(families.get(name.slice(0, cut) || `=${name}`) ?? []), name.slice(cut)]);
  }
  return [...families].map(([family, some]) => (family.startsWith("=") ? some[0]! : some.length === 1 ? family + some[0]! : `${family}{${some.join(",")}}`));
}

/** Machines that differ in their options alike, one line each, with the options in small below. */
function machineHead(group: Merged): Markup {
  const byOptions = new Map<string, string[]>();
  for (const name of briefMachines(group)) {
    const [platform, ...options] = name.split(",") as [string, ...string[]];
    const key = options.map((o) => o.replace(/^iommu=/, "").replaceAll("|", " | ")).join(", ");
    byOptions.set(key, [...(byOptions.get(key) ?? []), platform]);
  }
  return html`${[...byOptions].map(([options, platforms]) => html`${platforms.map((p) => html`<span>${p}</span>`)}${options === "" ? null : html`<small>${options}</small>`}`)}`;
}

/** Where a line may break behind a comma. */
const deviceHead = (group: Merged): Markup => joined(bracedNames(group).map((n) => joined(n.split(","), html`,<wbr>`)), " ");

function titleOf(names: Merged, titles: ReadonlyMap<string, string>): string {
  return names.map((n) => (titles.get(n) === undefined ? n : `${n}: ${titles.get(n)!}`)).join("\n");
}

function cellHtml<Word extends string>(face: CellFace<Word> | null, where: string, painter: Painter<Word>): Markup {
  if (face === null) return html`<td></td>`;
  const { word, text, key, to } = painter(face);
  const inner = html`${text}${key === undefined ? null : html` <span class="key">${key}</span>`}`;
  return html`<td class="${word}" title="${where}: ${text}">${to === null ? html`<span>${inner}</span>` : html`<a href="#${to}">${inner}</a>`}</td>`;
}

/** @param merge equal rows and columns stand together */
export function matrixHtml<Word extends string>(cells: readonly Cell<Word>[], { machines, devices }: Subjects, painter: Painter<Word>, label: string, merge: boolean): Markup {
  const grid = gridOf(cells, merge);
  const machineTitles = new Map(machines.map((m) => [m.name, `${m.platform.title}, iommu=${m.iommu}`]));
  const deviceTitles = new Map(devices.map((d) => [d.name, d.title]));
  const acrossMachines = grid.machines.length <= grid.devices.length || !merge;
  const [rows, columns] = acrossMachines ? [grid.devices, grid.machines] : [grid.machines, grid.devices];
  const head = columns.map((group) => html`<th scope="col" title="${titleOf(group, acrossMachines ? machineTitles : deviceTitles)}">${(acrossMachines ? machineHead : deviceHead)(group)}</th>`);
  const body = rows.map((row) => {
    const line = columns.map((column) => {
      const [machine, device] = acrossMachines ? [column, row] : [row, column];
      const where = device.length * machine.length === 1 ? `${device[0]!} on ${machine[0]!}` : `${count(device.length, "device")}, ${count(machine.length, "machine")}`;
      return cellHtml(grid.at(machine, device), where, painter);
    });
    return html`<tr><th scope="row" title="${titleOf(row, acrossMachines ? deviceTitles : machineTitles)}">${(acrossMachines ? deviceHead : machineHead)(row)}</th>${line}</tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="heat${merge ? "" : " small"}"><thead><tr><th scope="col">${acrossMachines ? "device" : "machine"}</th>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** The matrix with equal rows and columns merged, and the whole of it to unfold. */
export function heatMap<Word extends string>(cells: readonly Cell<Word>[], subjects: Subjects, painter: Painter<Word>): Markup {
  const machines = new Set(cells.map((c) => c.machine)).size;
  const devices = new Set(cells.map((c) => c.device)).size;
  const merged = gridOf(cells, true);
  const all = merged.machines.length === machines && merged.devices.length === devices ? null : html`<details><summary>Each of ${machines} machines with each of ${devices} devices</summary>${matrixHtml(cells, subjects, painter, "The matrix, nothing merged", false)}</details>`;
  return html`${matrixHtml(cells, subjects, painter, "The matrix", true)}${all}`;
}
