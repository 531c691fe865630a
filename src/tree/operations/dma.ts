// SPDX-License-Identifier: MIT
/** Operations of the DMA API: src/tree/guest/contract/dma.c. */

import type { DmaDirection } from "../../kernel/index.ts";
import { call, type CallTable } from "./call.ts";

/** enum cbit_api of contract/buf.h, and the function that each enters. */
const APIS = { coherent: [0, "dma_alloc_attrs"], pages: [1, "dma_alloc_pages"], noncontiguous: [2, "dma_alloc_noncontiguous"] } as const;
/** Numbers that contract/dma.c knows attributes by. */
const ALLOC_ATTRS = { none: 0, "no-kernel-mapping": 1, "force-contiguous": 2 } as const;
const MAP_ATTRS = { none: 0, "skip-cpu-sync": 1, "cc-shared": 2 } as const;
/** enum dma_data_direction. Ref: include/linux/dma-direction.h. */
const DIRECTIONS: Readonly<Record<DmaDirection, number>> = { bidirectional: 0, to_device: 1, from_device: 2 };

const whole = (n: number | undefined): number => (n === undefined || n < 0 ? 0 : n);

export const DMA_CALLS: CallTable = {
  dma_alloc: (o) => {
    const [api, from] = APIS[o.api ?? "coherent"];
    return call(from, "cbit_dma_alloc", o.buf, o.pages, api, o.atomic === true ? 1 : 0, ALLOC_ATTRS[o.attrs ?? "none"]);
  },
  dma_free: (o) => call("dma_free_attrs", "cbit_dma_free", o.buf),
  dma_mmap: (o) => call("dma_mmap_attrs", "cbit_dma_mmap", o.buf),
  dma_map: (o) => call("dma_map_page_attrs", "cbit_dma_map", o.buf, DIRECTIONS[o.direction ?? "bidirectional"], whole(o.offset), whole(o.size), MAP_ATTRS[o.attrs ?? "none"]),
  dma_unmap: (o) => call("dma_unmap_page_attrs", "cbit_dma_unmap", o.buf, MAP_ATTRS[o.attrs ?? "none"]),
  dma_map_resource: (o) => call("dma_map_resource", "cbit_dma_map_resource", o.buf),
  dma_sync_for_cpu: (o) => call("dma_sync_single_for_cpu", "cbit_dma_sync", o.buf, 0, whole(o.offset), whole(o.size)),
  dma_sync_for_device: (o) => call("dma_sync_single_for_device", "cbit_dma_sync", o.buf, 1, whole(o.offset), whole(o.size)),
};
