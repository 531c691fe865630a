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

const contents = (): Contents => ({ bytes: blockHex(block), token: blockToken(block) });

function cellOf(machine: Machine, frame: Pfn, cell: number): CellRun {
  const { memory } = machine;
  const storedIn = memory.storedIn(frame, cell);
  memory.read(frame, cell, storedIn, block);
  const held = { ...contents(), storedIn };
  const dirty = [false, true].flatMap((cBit) => (machine.dirtyLine({ frame, cell }, cBit, block) ? [{ ...contents(), cBit }] : []));
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
  const runs: CellRun[] = [];
  for (let cell = 0; cell < machine.memory.ram.cells; cell++) {
    const next = cellOf(machine, frame, cell);
    const last = runs[runs.length - 1];
    if (last !== undefined && sameContents(last, next)) runs[runs.length - 1] = { ...last, size: last.size + next.size };
    else runs.push(next);
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
  const bounced = views.filter((v) => v.kind === "device" && !pages.some((p) => p.buf === v.buf && p.page === v.page && p.pfn === v.pfn));
  const all = [...new Set([...pages, ...bounced].map((p) => p.pfn))].filter((frame) => machine.memory.contains(frame)).sort((a, b) => a - b);
  const of = (list: readonly OwnedPage[], frame: Pfn): BufferPage[] => list.filter((p) => p.pfn === frame).map(({ buf, page }) => ({ buf, page }));
  return all.map((frame) => {
    const bar = machine.memory.isBar(frame);
    return {
      pfn: frame,
      kind: bar ? "bar" : "ram",
      pages: of(pages, frame),
      bounces: of(bounced, frame),
      linear: linearOf(machine, linear(frame)),
      state: bar || machine.config.platform.ownership === "none" ? null : machine.pageState(frame),
      cells: cellsOf(machine, frame),
    };
  });
}
