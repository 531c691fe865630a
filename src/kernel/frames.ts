// SPDX-License-Identifier: MIT
/** What frames hold and how they are, for both kernels: asked of the machine, which is left as it is. */

import { type Pfn, physToPfn } from "../base/index.ts";
import { BLOCK_WORDS, DOMAIN_PLAIN, type Machine } from "../machine/index.ts";
import type { CpuPlace } from "./mappings.ts";
import type { BufferPage, CellRun, Contents, FrameState, View } from "./observations.ts";
import { blockHex, blockToken } from "./tokens.ts";

/** A page of a buffer and the frame behind it. */
export interface OwnedPage extends BufferPage {
  readonly pfn: Pfn;
}

const block = new Uint32Array(BLOCK_WORDS);

const NONE: CellRun["dirty"] = [];

const contents = (): Contents => ({ bytes: blockHex(block), token: blockToken(block) });

function cellOf(machine: Machine, frame: Pfn, cell: number): CellRun {
  const { memory } = machine;
  const storedIn = memory.storedIn(frame, cell);
  memory.read(frame, cell, storedIn, block);
  const held = { bytes: blockHex(block), token: blockToken(block), storedIn };
  const dirty = machine.caches === null ? NONE : [false, true].flatMap((cBit) => (machine.dirtyLine({ frame, cell }, cBit, block) ? [{ ...contents(), cBit }] : []));
  return { at: cell * memory.stride, size: memory.stride, memory: held, dirty };
}

function sameContents(a: CellRun, b: CellRun): boolean {
  const same = (x: Contents, y: Contents): boolean => x.bytes === y.bytes;
  return (
    same(a.memory, b.memory) &&
    a.memory.storedIn === b.memory.storedIn &&
    a.dirty.length === b.dirty.length &&
    a.dirty.every((line, i) => same(line, b.dirty[i]!) && line.cBit === b.dirty[i]!.cBit)
  );
}

function cellsOf(machine: Machine, frame: Pfn): CellRun[] {
  const { memory, caches } = machine;
  const { cells } = memory.ram;
  const runs: CellRun[] = [];
  for (let cell = 0; cell < cells; ) {
    const next = cellOf(machine, frame, cell);
    const count = caches === null ? memory.alike(frame, cell) : 1;
    cell += count;
    const run = count === 1 ? next : { ...next, size: count * memory.stride };
    const last = runs[runs.length - 1];
    if (last !== undefined && sameContents(last, run)) runs[runs.length - 1] = { ...last, size: last.size + run.size };
    else runs.push(run);
  }
  return runs;
}

function linearOf(machine: Machine, place: CpuPlace): FrameState["linear"] {
  const t = machine.translate(place.root, place.va);
  if (t === null) return null;
  const domain = machine.memory.isBar(physToPfn(t.pa)) ? DOMAIN_PLAIN : machine.config.platform.cpuDomain(t.cBit);
  return { cBit: t.cBit, domain, cache: t.cache };
}

/**
 * The answer to `Kernel.frames`.
 * @param pages of all buffers that have memory  @param views all live ones  @param linear where the linear map would have a frame
 */
export function framesOf(machine: Machine, pages: readonly OwnedPage[], views: readonly View[], linear: (frame: Pfn) => CpuPlace): FrameState[] {
  const frames = new Map<Pfn, { pages: BufferPage[]; bounces: BufferPage[] }>();
  const at = (frame: Pfn): { pages: BufferPage[]; bounces: BufferPage[] } => {
    let found = frames.get(frame);
    if (found === undefined) frames.set(frame, (found = { pages: [], bounces: [] }));
    return found;
  };
  for (const { buf, page, pfn } of pages) if (machine.memory.contains(pfn)) at(pfn).pages.push({ buf, page });
  for (const { buf, page, pfn, kind } of views) {
    if (kind !== "device" || !machine.memory.contains(pfn)) continue;
    if (frames.get(pfn)?.pages.some((p) => p.buf === buf && p.page === page) !== true) at(pfn).bounces.push({ buf, page });
  }
  const all = [...frames.keys()].sort((a, b) => a - b);
  return all.map((frame) => {
    const bar = machine.memory.isBar(frame);
    return {
      pfn: frame,
      kind: bar ? "bar" : "ram",
      ...frames.get(frame)!,
      linear: linearOf(machine, linear(frame)),
      state: bar || machine.config.platform.ownership === "none" ? null : machine.pageState(frame),
      cells: cellsOf(machine, frame),
    };
  });
}
