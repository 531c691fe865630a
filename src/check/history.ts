// SPDX-License-Identifier: MIT
/** Questions about the steps of a replay: who wrote what came out at the end, who chose a view, what moved pages in between. */

import type { AccessOperation, Operation, View } from "../kernel/index.ts";
import { DOMAIN_LOST, DOMAIN_PLAIN, type Domain } from "../machine/index.ts";
import type { ReplayStep } from "./replay.ts";
import { agentOf, isAccess } from "./workload.ts";

/** Operations that carry data between owners of a buffer, or say that it changes hands. */
const HANDOVERS: readonly Operation["op"][] = ["dma_map", "dma_unmap", "dma_sync_for_cpu", "dma_sync_for_device", "bo_sync_for_cpu", "bo_sync_for_device"];
const RELEASES: readonly Operation["op"][] = ["page_free", "dma_free", "bo_destroy", "bo_swapout", "pool_shrink", "kexec"];

/** A domain as far as root causes tell them apart: under whose key is the platform's affair. */
export function attributeName(domain: Domain): string {
  return domain === DOMAIN_PLAIN ? "plain" : domain === DOMAIN_LOST ? "lost" : "encrypted";
}

/** Who chose a view, without the line; the kind of view where a kernel does not know. */
export function choiceOf(view: View): string {
  const { function: fn, file } = view.chosenBy;
  return fn === "" ? `the maker of the ${view.kind} view` : file === "" ? fn : `${fn} (${file.replace(/:\d.*$/, "")})`;
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
      if (this.place(access, step) !== this.place(access, step - 1)) moves.add(this.steps[step]!.operation.op);
    }
    return [...moves];
  }

  /** The last operation behind `from` that handed a buffer over; null where none did. */
  handover(buf: number, from: number): string | null {
    return this.lastOf(from, (o) => HANDOVERS.includes(o.op) && "buf" in o && o.buf === buf);
  }

  /** The last operation behind `from` that gave pages of a buffer (null: of any) back. */
  release(buf: number | null, from: number): string | null {
    return this.lastOf(from, (o) => RELEASES.includes(o.op) && (buf === null || !("buf" in o) || o.buf === buf));
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
