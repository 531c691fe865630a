// SPDX-License-Identifier: MIT
/** The comparison of two kernels notices whatever one of them answers or shows otherwise; where things lie is not compared. */

import { describe, expect, it } from "vitest";
import type { FrameState, Health, Kernel, Operation, StepResult, View } from "../src/kernel/index.ts";
import { createModelFactory, DEFAULT_POLICY, DRIVERS } from "../src/linux/index.ts";
import { machinesOf } from "../src/scenarios/index.ts";
import { firstDifference, transcript } from "./support/lock-step.ts";
import { randomDma } from "./support/random-dma.ts";
import { randomOperations } from "./support/random-operations.ts";

/** What one kernel does otherwise. */
interface Edits {
  readonly result?: (result: StepResult) => StepResult;
  readonly views?: (views: readonly View[]) => readonly View[];
  readonly frames?: (frames: readonly FrameState[]) => readonly FrameState[];
  readonly health?: (health: Health) => Health;
}

const [MACHINE] = machinesOf(["sev-snp"]);
const DRIVER = DRIVERS.find((d) => d.name === "amdgpu-gfx9")!;

const model = (policy = DEFAULT_POLICY): Kernel => createModelFactory({ release: "6.12", policy }).create(MACHINE!, DRIVER);

function edited({ result, views, frames, health }: Edits): Kernel {
  const kernel = model();
  return new Proxy(kernel, {
    get: (_, name) => {
      switch (name) {
        case "apply":
          return (operation: Operation) => (result ?? ((r) => r))(kernel.apply(operation));
        case "views":
          return () => (views ?? ((v) => v))(kernel.views());
        case "frames":
          return () => (frames ?? ((f) => f))(kernel.frames());
        case "health":
          return () => (health ?? ((h) => h))(kernel.health()!);
        default:
          return Reflect.get(kernel, name) as unknown;
      }
    },
  });
}

/** A buffer that is bounced, with a dirty read and a shared free page in the end. */
const OPERATIONS: readonly Operation[] = [
  { op: "page_alloc", buf: 0, pages: 2 },
  { op: "dma_map", buf: 0, direction: "bidirectional" },
  { op: "cpu_write", buf: 0, page: 0, alias: "linear", value: 7 },
  { op: "cpu_read", buf: 0, page: 0, alias: "linear" },
  { op: "dev_read", buf: 0, page: 1 },
];

const firstOf = <T>(list: readonly T[], edit: (x: T) => T): T[] => list.map((x, i) => (i === 0 ? edit(x) : x));
const cellOf = (f: FrameState, memory: Partial<FrameState["cells"][number]["memory"]>): FrameState => ({ ...f, cells: firstOf(f.cells, (c) => ({ ...c, memory: { ...c.memory, ...memory } })) });

const seen = (edit: (s: NonNullable<Extract<StepResult, { outcome: "done" }>["seen"]>) => object): Edits => ({
  result: (r) => (r.outcome === "done" && r.seen !== null ? ({ ...r, seen: { ...r.seen, ...edit(r.seen) } } as StepResult) : r),
});
const view = (edit: (v: View) => View): Edits => ({ views: (views) => firstOf(views, edit) });
const frame = (edit: (f: FrameState) => FrameState): Edits => ({ frames: (frames) => firstOf(frames, edit) });

const DIFFERENCES: Readonly<Record<string, Edits>> = {
  "an error": { result: () => ({ outcome: "error", errno: "ENOMEM", from: "" }) },
  "a fault": { result: () => ({ outcome: "fault", fault: { kind: "fault", fault: "page-fault", address: 0 } }) },
  "a crash": { result: () => ({ outcome: "crash", reason: "", at: "" }) },
  "a warning": { result: (r) => ({ ...r, warnings: ["here"] }) as StepResult },
  "an injected failure": { result: (r) => ({ ...r, injected: true }) as StepResult },
  "a token that is read": seen(({ token }) => ({ token: (token ?? 0) + 1 })),
  "zeroes that are poison": seen(() => ({ token: null, bytes: "6b".repeat(16) })),
  "the domain of what is read": seen(({ storedIn }) => ({ storedIn: storedIn + 1 })),
  "the domain of the reader": seen(({ readIn }) => ({ readIn: readIn + 1 })),
  "a view that is missing": { views: (views) => views.slice(1) },
  "a view that is there twice": { views: (views) => [...views, ...views.slice(-1)] },
  "a view's buffer": view((v) => ({ ...v, buf: v.buf + 1 })),
  "a view's page": view((v) => ({ ...v, page: v.page + 1 })),
  "a view's kind": view((v) => ({ ...v, kind: "kmap" })),
  "a view's C-bit": view((v) => ({ ...v, cBit: !v.cBit })),
  "a view's domain": view((v) => ({ ...v, domain: v.domain === 0 ? 2 : 0 })),
  "a view's cache type": view((v) => ({ ...v, cache: "UC" })),
  "views of two frames that are of one": { views: (views) => views.map((v) => ({ ...v, pfn: views[0]!.pfn })) },
  "a frame that is missing": { frames: (frames) => frames.slice(1) },
  "a frame's kind": frame((f) => ({ ...f, kind: "bar" })),
  "a frame's pages": frame((f) => ({ ...f, pages: [...f.pages, { buf: 1, page: 0 }] })),
  "what a frame is used for": frame((f) => ({ ...f, bounces: [...f.bounces, { buf: 1, page: 0 }] })),
  "a frame out of the linear map": frame((f) => ({ ...f, linear: null })),
  "a frame's C-bit in the linear map": frame((f) => ({ ...f, linear: { ...f.linear!, cBit: !f.linear!.cBit } })),
  "a frame's cache type in the linear map": frame((f) => ({ ...f, linear: { ...f.linear!, cache: "WC" } })),
  "a frame's page state": frame((f) => ({ ...f, state: f.state === 0 ? 1 : 0 })),
  "what a frame holds": frame((f) => cellOf(f, { token: 12 })),
  "the domain that it holds it in": frame((f) => cellOf(f, { storedIn: 5 })),
  "a dirty line": frame((f) => ({ ...f, cells: firstOf(f.cells, (c) => ({ ...c, dirty: [{ bytes: "", token: 1, cBit: true }] })) })),
  "where contents begin": frame((f) => ({ ...f, cells: firstOf(f.cells, (c) => ({ ...c, size: 16 })) })),
  "a free frame that is shared": { health: (h) => ({ ...h, freedShared: [{ pfn: 1 as View["pfn"], decrypted: true, state: 1 }] }) },
  "a page of which platform and kernel think differently": { health: (h) => ({ ...h, mismatched: [{ buf: 0, page: 0, pfn: 1 as View["pfn"], state: 1, linearPrivate: true }] }) },
  "a page that is shared without need": { health: (h) => ({ ...h, needless: [{ buf: 0, page: 0, why: "" }] }) },
};

describe("two kernels in lock step", () => {
  it("do the same where they are the same", () => {
    expect(firstDifference(model(), model(), OPERATIONS)).toEqual({ steps: OPERATIONS.length, differs: false });
  });

  it.each(Object.entries(DIFFERENCES))("differ in %s", (_, edits) => {
    expect(firstDifference(model(), edited(edits), OPERATIONS).differs).toBe(true);
    expect(transcript(edited(edits), OPERATIONS)).not.toEqual(transcript(model(), OPERATIONS));
  });

  it("may have things elsewhere", () => {
    const elsewhere = <T extends { readonly pfn: number }>(list: readonly T[]): T[] => list.map((x) => ({ ...x, pfn: 1000 - x.pfn }));
    const other = { views: elsewhere<View>, frames: (frames: readonly FrameState[]) => elsewhere(frames).toReversed() };
    expect(firstDifference(model(), edited(other), OPERATIONS)).toEqual({ steps: OPERATIONS.length, differs: false });
    expect(transcript(edited(other), OPERATIONS)).toEqual(transcript(model(), OPERATIONS));
  });

  it.each(["encrypted", "coherent-vaddr", "vm-local"])("differ as their transcripts do: another policy, %s", (policy) => {
    const [left, right] = [model(), model(policy)];
    const [a, b] = [left.save(), right.save()];
    const found = Array.from({ length: 60 }, (_, seed) => {
      const operations = seed % 2 === 0 ? randomOperations(seed, 12, DRIVER, MACHINE!) : randomDma(seed, 12, MACHINE!);
      const again = (): void => {
        left.restore(a);
        right.restore(b);
      };
      again();
      const { differs } = firstDifference(left, right, operations);
      again();
      expect([seed, differs]).toEqual([seed, transcript(left, operations).join("\n") !== transcript(right, operations).join("\n")]);
      return differs;
    });
    expect(found.includes(true)).toBe(true);
  });
});
