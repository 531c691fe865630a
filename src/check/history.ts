// SPDX-License-Identifier: MIT
/** Questions about the steps of a replay: who wrote what came out at the end, who chose a view, what moved pages in between. */

import type { Pfn } from "../base/index.ts";
import type { AccessOperation, Operation, View } from "../kernel/index.ts";
import { DOMAIN_LOST, DOMAIN_PLAIN, type Domain } from "../machine/index.ts";
import type { ReplayStep } from "./replay.ts";
import { GIVE_UP } from "./sometimes/property.ts";
import { agentOf, isAccess } from "./workload.ts";

/** Operations that carry data between owners of a buffer, or say that it changes hands. */
const HANDOVERS: readonly Operation["op"][] = ["dma_map", "dma_unmap", "dma_sync_for_cpu", "dma_sync_for_device", "bo_sync_for_cpu", "bo_sync_for_device"];
/** Operations that only make or unmake mappings, as far as the pages stay where they are. */
const MAPPING: readonly Operation["op"][] = ["bo_kmap", "bo_kunmap", "bo_vmap", "bo_vunmap", "bo_fault", "dma_mmap", "vmap", "vunmap", "user_map", "user_unmap"];
/** Those that give back pages of one buffer, and those that do for all. */
const RELEASES: ReadonlySet<Operation["op"]> = new Set<Operation["op"]>([...GIVE_UP, "pool_shrink", "kexec"]);

/** A domain as far as root causes tell them apart: under whose key is the platform's affair. */
export function attributeName(domain: Domain): string {
  return domain === DOMAIN_PLAIN ? "plain" : domain === DOMAIN_LOST ? "lost" : "encrypted";
}

/** Who chose a view, without the line; the kind of view where a kernel does not know. */
export function choiceOf(view: View): string {
  const { function: fn, file } = view.chosenBy;
  return fn === "" ? `the maker of the ${view.kind} view` : file === "" ? fn : `${fn} (${file.replace(/:\d.*$/, "")})`;
}

/** An operation's name, with who copies. */
function nameOf(operation: Operation): string {
  return operation.op === "bo_move" && operation.by === "device" ? "bo_move by the device" : operation.op;
}

export class History {
  readonly steps: readonly ReplayStep[];
  /** Number of the last step. */
  readonly end: number;

  /** @param steps at least one */
  constructor(steps: readonly ReplayStep[]) {
    this.steps = steps;
    this.end = steps.length - 1;
  }

  get last(): ReplayStep {
    return this.steps[this.end]!;
  }

  /** The view that an access goes through, after a step; null for the host and where there is none. */
  viewOf(access: AccessOperation, step: number): View | null {
    const agent = agentOf(access);
    return this.steps[step]!.views.find((v) => v.buf === access.buf && v.page === access.page && v.kind === agent) ?? null;
  }

  /** The last write of a token before the end, with its step; null where there is none. */
  writeOf(token: number | null): { readonly write: AccessOperation; readonly step: number } | null {
    for (let step = this.end - 1; step >= 0; step--) {
      const { operation } = this.steps[step]!;
      if (isAccess(operation) && "value" in operation && operation.value === token) return { write: operation, step };
    }
    return null;
  }

  /** The frame behind a page of a buffer, as the CPU has it, with its attribute in the linear map. */
  private place({ buf, page }: AccessOperation, step: number): string | null {
    const views = this.steps[step]!.views.filter((v) => v.buf === buf && v.page === page && v.kind !== "device");
    const view = views.find((v) => v.kind === "linear") ?? views[0];
    return view === undefined ? null : `${view.pfn} ${view.kind === "linear" ? view.domain : ""}`;
  }

  /** The operations behind `from` and before the end that moved a page, converted it, or took it away. */
  moves(access: AccessOperation, from: number): string[] {
    const moves = new Set<string>();
    for (let step = from + 1; step < this.end; step++) {
      const before = this.place(access, step - 1);
      const after = this.place(access, step);
      const { operation } = this.steps[step]!;
      // A page that nothing maps is nowhere to be seen, and has not moved for that.
      if (before !== after && !(MAPPING.includes(operation.op) && (before === null || after === null))) moves.add(nameOf(operation));
    }
    return [...moves];
  }

  /** The last operation behind `from`, beside accesses and mappings, on a buffer that has a frame; null where there is none. */
  touched(frame: Pfn, from: number): string | null {
    for (let step = this.end - 1; step > from; step--) {
      const { operation } = this.steps[step]!;
      if (isAccess(operation) || MAPPING.includes(operation.op) || !("buf" in operation)) continue;
      const { buf } = operation;
      if (this.steps[step - 1]!.views.some((v) => v.buf === buf && v.pfn === frame)) return nameOf(operation);
    }
    return null;
  }

  /** True for the device's view of a page where it reaches another frame than the CPU. */
  bounced(view: View | null, step: number): boolean {
    if (view?.kind !== "device") return false;
    const cpu = this.steps[step]!.views.find((v) => v.buf === view.buf && v.page === view.page && v.kind !== "device");
    return cpu !== undefined && cpu.pfn !== view.pfn;
  }

  /** The last operation behind `from` that handed a buffer over; null where none did. */
  handover(buf: number, from: number): string | null {
    return this.lastOf(from, (o) => HANDOVERS.includes(o.op) && "buf" in o && o.buf === buf);
  }

  /** The last operation behind `from` that gave pages of a buffer (null: of any) back. */
  release(buf: number | null, from: number): string | null {
    return this.lastOf(from, (o) => RELEASES.has(o.op) && (buf === null || !("buf" in o) || o.buf === buf));
  }

  /** The function that was last made to fail; null where none was. */
  injected(): string | null {
    for (let step = this.end - 1; step >= 0; step--) {
      const { operation } = this.steps[step]!;
      if (operation.op === "fail") return operation.function;
    }
    return null;
  }

  private lastOf(from: number, is: (operation: Operation) => boolean): string | null {
    for (let step = this.end - 1; step > from; step--) {
      const { operation } = this.steps[step]!;
      if (is(operation)) return operation.op;
    }
    return null;
  }
}
