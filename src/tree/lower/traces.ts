// SPDX-License-Identifier: MIT
/**
 * Kernel functions whose calls are told: each reports its arguments when it is entered. Calls that the compiler
 * inlined into the same file are not seen, so the list names functions that other files call.
 */

export interface Trace {
  readonly function: string;
  /** The file that the story names where the guest stands in for it; null: the one that it is compiled from. */
  readonly file: string | null;
  /** How each of the first arguments is shown; "" leaves one out. */
  readonly args: readonly ("" | "bytes" | "pages" | "address" | "pfn" | "protection")[];
}

const trace = (fn: string, args: Trace["args"] = [], file: string | null = null): Trace => ({ function: fn, file, args });

export const TRACES: readonly Trace[] = [
  trace("ttm_tt_populate"),
  trace("ttm_pool_alloc"),
  trace("ttm_pool_free"),
  trace("ttm_io_prot", ["", "", "protection"]),
  trace("ttm_bo_kmap"),
  trace("ttm_bo_vmap"),
  trace("ttm_bo_vm_fault_reserved"),
  trace("dma_alloc_attrs", ["", "bytes"]),
  trace("dma_free_attrs", ["", "bytes"]),
  trace("dma_direct_alloc", ["", "bytes"]),
  trace("dma_direct_free", ["", "bytes"]),
  trace("dma_map_page_attrs", ["", "", "", "bytes"]),
  trace("dma_unmap_page_attrs", ["", "address", "bytes"]),
  trace("dma_map_sgtable"),
  trace("dma_unmap_sg_attrs"),
  trace("swiotlb_map", ["", "address", "bytes"]),
  trace("swiotlb_bounce", ["", "address", "bytes"]),
  trace("swiotlb_tbl_unmap_single", ["", "address", "bytes"]),
  trace("__swiotlb_tbl_unmap_single", ["", "address", "bytes"]),
  trace("iommu_dma_alloc", ["", "bytes"]),
  trace("iommu_dma_map_page", ["", "", "", "bytes"]),
  trace("iommu_dma_map_sg"),
  trace("iommu_map", ["", "address", "address", "bytes"]),
  trace("iommu_map_sg", ["", "address"]),
  trace("iommu_v1_map_pages", ["", "address", "address", "bytes"]),
  trace("set_memory_decrypted", ["address", "pages"]),
  trace("set_memory_encrypted", ["address", "pages"]),
  trace("set_pages_array_wc", ["", "pages"]),
  trace("set_pages_array_uc", ["", "pages"]),
  trace("set_pages_wb", ["", "pages"]),
  trace("vmap", ["", "pages", "", "protection"], "mm/vmalloc.c"),
  trace("vunmap", ["address"], "mm/vmalloc.c"),
  trace("vmf_insert_pfn_prot", ["", "address", "pfn", "protection"], "mm/memory.c"),
  trace("snp_set_memory_shared", ["address", "pages"]),
  trace("snp_set_memory_private", ["address", "pages"]),
  trace("tdx_accept_memory", ["address", "address"]),
  trace("ioremap_page_range", ["address", "address", "address", "protection"], "mm/vmalloc.c"),
];

const INDEX: ReadonlyMap<string, number> = new Map(TRACES.map((t, i) => [t.function, i]));

/** The instructions that report a call, for the line that begins the function; none where it is not told. */
export function traceEntry(define: string, fn: string): string[] {
  const id = INDEX.get(fn);
  if (id === undefined) return [];
  const list = define.slice(define.indexOf(`@${fn}(`) + fn.length + 2);
  const params = [...list.matchAll(/(ptr|i\d+)[^,)]*?(%[-\w$.]+)(?=[,)])/g)].slice(0, 4);
  const out: string[] = [];
  const args = [0, 1, 2, 3].map((i) => {
    const param = params[i];
    if (param === undefined) return "i64 0";
    const [, type, name] = param;
    if (type === "i64") return `i64 ${name}`;
    out.push(`  %cbit.trace${i} = ${type === "ptr" ? "ptrtoint ptr" : `zext ${type}`} ${name} to i64`);
    return `i64 %cbit.trace${i}`;
  });
  out.push(`  call void @cbit_trace(i32 ${id}, ${args.join(", ")})`);
  return out;
}

export const TRACE_DECLARATION = "declare void @cbit_trace(i32, i64, i64, i64, i64)";
