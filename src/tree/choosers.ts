// SPDX-License-Identifier: MIT
/**
 * Which function of the tree chose a mapping's attribute: what was seen on the way, from the calls that the module
 * reports and the stack they came from, not what one expects of the source.
 */

import { PAGE_SIZE, type Pfn, physToPfn } from "../base/index.ts";
import type { Chooser, Choosers, CpuAlias, Operation } from "../kernel/index.ts";
import { lowAddress } from "./runtime/data.ts";
import type { TracedCall } from "./runtime/guest-port.ts";

/** Kernel functions that insert mappings; the shims behind them are ours. */
const MAPS: Readonly<Record<string, CpuAlias>> = { bo_kmap: "kmap", bo_vmap: "vmap", bo_fault: "user", ioremap: "ioremap" };
const INSERTS = new Set(["vmap", "vmf_insert_pfn_prot", "ioremap_page_range"]);
const CONVERTS = new Set(["set_memory_decrypted", "set_memory_encrypted"]);
/** How a DMA address came about; where several were called, the last of them in this list. */
const DEVICE_ROUTES = ["dma_direct_alloc", "dma_map_page_attrs", "dma_map_sgtable", "swiotlb_map", "iommu_map", "iommu_map_sg", "iommu_v1_map_pages"];
const PROTECTION = "ttm_io_prot";
/** Its own memory, which it reaches without the kernel's doing. */
const DEVICE_VRAM: Chooser = { function: "the device", file: "its own memory" };

/** Without what compiler or linker added to tell two static functions apart: "free_pages.12" is free_pages. */
const plainName = (fn: string): string => fn.replace(/\..*$/, "");

export class ChooserRecord {
  private readonly places: Readonly<Record<string, string>>;
  private readonly mapped = new Map<string, Chooser>();
  private readonly linear = new Map<number, Chooser>();

  /** @param places "function" to "file:line" in this tree */
  constructor(places: Readonly<Record<string, string>>) {
    this.places = places;
  }

  /** A function with its place; its name alone says it all where the place is not known. */
  chooser(fn: string, shown: string = fn): Chooser {
    return { function: shown, file: this.places[fn] ?? "" };
  }

  clear(): void {
    this.mapped.clear();
    this.linear.clear();
  }

  /** Takes note of the calls that an operation made. @param linearBase where the linear map has physical address 0 */
  learn(operation: Operation, calls: readonly TracedCall[], linearBase: number): void {
    for (const call of calls) {
      if (!CONVERTS.has(call.function)) continue;
      const by = plainName(call.callers[0] ?? call.function);
      const chooser = this.chooser(this.places[by] === undefined ? call.function : by, `${by} -> ${call.function}`);
      const first = (lowAddress(call.args[0]!) - linearBase) / PAGE_SIZE;
      for (let i = 0; i < Number(BigInt.asUintN(32, call.args[1]!)); i++) this.linear.set(first + i, chooser);
    }
    if (!("buf" in operation)) return;
    const kind = MAPS[operation.op];
    const insert = calls.find((c) => INSERTS.has(c.function));
    if (kind !== undefined && insert !== undefined) {
      const asked = calls.some((c) => c.function === PROTECTION);
      this.mapped.set(`${operation.buf} ${kind}`, this.chooser(asked ? PROTECTION : plainName(insert.callers[0] ?? insert.function)));
    }
    const route = DEVICE_ROUTES.findLast((fn) => calls.some((c) => c.function === fn));
    if (route !== undefined) this.mapped.set(`${operation.buf} device`, this.chooser(route));
  }

  /**
   * The choosers of a buffer's views; empty names for what was not recorded.
   * @param linearAddress true for addresses of the linear map
   */
  of(buf: number, bootChooser: Chooser, linearAddress: (va: number) => boolean): Choosers {
    const unknown = this.chooser("");
    const linear = (frame: Pfn): Chooser => this.linear.get(frame) ?? bootChooser;
    return {
      cpu: (kind, place, t) => (linearAddress(place.va) ? linear(physToPfn(t.pa)) : (this.mapped.get(`${buf} ${kind}`) ?? unknown)),
      device: (place) => (place.local === undefined ? (this.mapped.get(`${buf} device`) ?? unknown) : DEVICE_VRAM),
    };
  }
}
