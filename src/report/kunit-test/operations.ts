// SPDX-License-Identifier: MIT
/** Each operation of a trace as C: which parts it needs, which calls it makes. */

import type { CpuAlias, Operation, View } from "../../kernel/index.ts";
import { NOT_WRITTEN, notWritten } from "./unsupported.ts";

/** What a buffer of the trace is. */
export type BufferKind = "bo" | "pages" | "coherent" | "dma-pages";

/** What has been made so far, and what the C needs for it. */
export class Writer {
  readonly parts: Set<string> = new Set(["device"]);
  readonly kinds: Map<number, BufferKind> = new Map();
  /** Pages of each buffer. */
  readonly pages: Map<number, number> = new Map();
  /** True where a read needs a place for what it saw. */
  reads = false;
  /** True where there is one buffer more, which takes the pages of one that is swapped out. */
  swaps = false;

  need(...parts: readonly string[]): void {
    for (const part of parts) this.parts.add(part);
  }

  kind(buf: number): BufferKind {
    const kind = this.kinds.get(buf);
    if (kind === undefined) throw notWritten(`buffer ${buf}`, "it was not made by the trace");
    return kind;
  }

  make(buf: number, kind: BufferKind, pages: number): void {
    this.kinds.set(buf, kind);
    this.pages.set(buf, pages);
  }
}

export const bufferOf = (buf: number): string => `b${buf}`;
const member = (buf: number, name: string): string => `b${buf}->${name}`;
const plus = (base: string, bytes: string): string => (bytes === "" ? base : `${base} + ${bytes}`);
const pageBytes = (page: number, at = 0): string => [...(page === 0 ? [] : [`${page} * PAGE_SIZE`]), ...(at === 0 ? [] : [String(at)])].join(" + ");

/** The struct page of a page. */
export function pageExpression(w: Writer, buf: number, page: number): string {
  switch (w.kind(buf)) {
    case "bo":
      w.need("bo-page");
      return `bo_page(${bufferOf(buf)}, ${page})`;
    case "pages":
      return plus(member(buf, "page"), page === 0 ? "" : String(page));
    case "coherent":
      return `coherent_page(${bufferOf(buf)}, ${page})`;
    case "dma-pages":
      return plus(member(buf, "dma_page"), page === 0 ? "" : String(page));
  }
}

/** The address of a page, for the CPU. */
export function addressExpression(w: Writer, buf: number, page: number, alias: CpuAlias, at = 0): string {
  const kind = w.kind(buf);
  switch (alias) {
    case "linear":
      return plus(`page_address(${pageExpression(w, buf, page)})`, pageBytes(0, at));
    case "vmap":
      return plus(member(buf, kind === "bo" ? "vmap.vaddr" : "vaddr"), pageBytes(page, at));
    case "kmap":
      return plus(member(buf, "kmap.virtual"), pageBytes(0, at));
    case "coherent":
      if (kind === "dma-pages") return plus(`page_address(${member(buf, "dma_page")})`, pageBytes(page, at));
      return plus(member(buf, "cpu"), pageBytes(page, at));
    case "user":
      throw notWritten("an access through the user mapping", NOT_WRITTEN.bo_fault!);
    case "ioremap":
      throw notWritten("an access through ioremap()", NOT_WRITTEN.ioremap!);
  }
}

/** The address of a page, for the device. */
export function dmaExpression(w: Writer, buf: number, page: number, at = 0): string {
  switch (w.kind(buf)) {
    case "bo":
      w.need("bo-dma");
      return plus(`bo_dma(${bufferOf(buf)}, ${page})`, pageBytes(0, at));
    case "pages":
      w.need("dma-map");
      return plus(`mapped_dma(${bufferOf(buf)}, ${page})`, pageBytes(0, at));
    default:
      return plus(member(buf, "handle"), pageBytes(page, at));
  }
}

/** Whether a view of a buffer uses a key. */
export function attributeExpression(w: Writer, view: View): string {
  if (view.kind === "device") {
    w.need("device-attribute");
    return `device_encrypted(test, ${dmaExpression(w, view.buf, view.page)})`;
  }
  w.need("attribute");
  return `is_encrypted(${addressExpression(w, view.buf, view.page, view.kind)})`;
}

const DIRECTIONS = { bidirectional: "DMA_BIDIRECTIONAL", to_device: "DMA_TO_DEVICE", from_device: "DMA_FROM_DEVICE" } as const;
const CACHING = { cached: "ttm_cached", wc: "ttm_write_combined", uc: "ttm_uncached" } as const;
const SKIP = (attrs: string | undefined): string => (attrs === "skip-cpu-sync" ? "DMA_ATTR_SKIP_CPU_SYNC" : "0");

function wholeBlock({ op, ...rest }: Operation): void {
  if ("bytes" in rest && rest.bytes !== undefined && rest.bytes !== 16) throw notWritten(`${op} of ${rest.bytes} bytes`, "tests write whole blocks of 16 bytes");
}

/** A call that returns 0 or a negative errno, or one that returns nothing; `read` where it fills `seen`. */
export interface Call {
  readonly text: string;
  readonly kind: "status" | "void" | "read";
}

const status = (text: string): Call => ({ text, kind: "status" });
const nothing = (text: string): Call => ({ text, kind: "void" });
const read = (text: string): Call => ({ text, kind: "read" });

const bo = (w: Writer, buf: number, op: string): void => {
  if (w.kind(buf) !== "bo") throw notWritten(op, "the buffer is not TTM's");
};
const ram = (w: Writer, buf: number, op: string): void => {
  if (w.kind(buf) !== "pages") throw notWritten(`${op} of memory of the DMA API`, "the memory is the DMA layer's: a driver must leave its attributes alone");
};

/** The call of one operation. @throws CbitError (CBIT-303) for what cannot be written */
export function callOf(w: Writer, o: Operation): Call {
  const reason = NOT_WRITTEN[o.op];
  if (reason !== undefined) throw notWritten(o.op, reason);
  wholeBlock(o);
  switch (o.op) {
    case "bo_create":
      if (o.place === "vram") throw notWritten("a buffer in VRAM", NOT_WRITTEN.bo_evict!);
      w.need("bo-create");
      w.make(o.buf, "bo", o.pages);
      return status(`bo_create(f, ${bufferOf(o.buf)}, ${o.pages}, ${CACHING[o.caching ?? "cached"]})`);
    case "bo_swapin":
      bo(w, o.buf, o.op);
      w.need("bo-swapin");
      return status(`bo_swapin(f, ${bufferOf(o.buf)})`);
    case "bo_populate":
      bo(w, o.buf, o.op);
      w.need("bo-place");
      return status(`bo_populate(f, ${bufferOf(o.buf)})`);
    case "bo_move":
      bo(w, o.buf, o.op);
      if (o.to !== "tt") throw notWritten(`a move to ${o.to}`, NOT_WRITTEN.bo_evict!);
      w.need("bo-place");
      return status(`bo_populate(f, ${bufferOf(o.buf)})`);
    case "bo_kmap":
      bo(w, o.buf, o.op);
      w.need("bo-kmap");
      return status(`bo_kmap(${bufferOf(o.buf)}, ${o.page})`);
    case "bo_kunmap":
      w.need("bo-kmap");
      return nothing(`bo_kunmap(${bufferOf(o.buf)})`);
    case "bo_vmap":
      bo(w, o.buf, o.op);
      w.need("bo-vmap");
      return status(`bo_vmap(${bufferOf(o.buf)})`);
    case "bo_vunmap":
      w.need("bo-vmap");
      return nothing(`bo_vunmap(${bufferOf(o.buf)})`);
    case "bo_import": {
      const pages = w.pages.get(o.from) ?? 1;
      const first = pageExpression(w, o.from, 0);
      if (w.kind(o.from) === "bo") throw notWritten("an import of a buffer of TTM", "its pages need not lie side by side");
      w.need("bo-import");
      w.make(o.buf, "bo", pages);
      return status(`bo_import(f, ${bufferOf(o.buf)}, ${first}, ${pages})`);
    }
    case "bo_destroy":
      return nothing(`buffer_end(f, ${bufferOf(o.buf)})`);
    case "bo_swapout":
      bo(w, o.buf, o.op);
      w.need("bo-swapout");
      if (w.swaps) throw notWritten("a second bo_swapout", "the test has one other buffer that takes the pages meanwhile");
      w.swaps = true;
      return status(`bo_swapout(f, ${bufferOf(o.buf)})`);
    case "bo_sync_for_cpu":
    case "bo_sync_for_device":
      bo(w, o.buf, o.op);
      w.need("bo-sync");
      return nothing(`bo_sync(f, ${bufferOf(o.buf)}, ${o.op === "bo_sync_for_device"})`);
    case "page_alloc":
      w.need("pages");
      w.make(o.buf, "pages", o.pages);
      return status(`page_alloc(${bufferOf(o.buf)}, ${o.pages})`);
    case "page_free":
      return nothing(`page_free(${bufferOf(o.buf)})`);
    case "dma_alloc": {
      const gfp = o.atomic === true ? "GFP_ATOMIC" : "GFP_KERNEL";
      if (o.api === "pages") {
        w.need("dma-alloc-pages");
        w.make(o.buf, "dma-pages", o.pages);
        return status(`alloc_dma_pages(f, ${bufferOf(o.buf)}, ${o.pages}, ${gfp})`);
      }
      if (o.api === "noncontiguous") throw notWritten("dma_alloc_noncontiguous()", "tests have one address for the device");
      if (o.attrs === "no-kernel-mapping") throw notWritten("DMA_ATTR_NO_KERNEL_MAPPING", "there is no address for the test to look through");
      w.need("dma-alloc");
      w.make(o.buf, "coherent", o.pages);
      return status(`dma_alloc(f, ${bufferOf(o.buf)}, ${o.pages}, ${o.attrs === "force-contiguous" ? "DMA_ATTR_FORCE_CONTIGUOUS" : "0"}, ${gfp})`);
    }
    case "dma_free":
      return nothing(w.kind(o.buf) === "dma-pages" ? `free_dma_pages(f, ${bufferOf(o.buf)})` : `dma_free(f, ${bufferOf(o.buf)})`);
    case "dma_map": {
      if (o.attrs === "cc-shared") throw notWritten("DMA_ATTR_CC_SHARED", "it is a proposal: no release has it");
      w.need("dma-map");
      const { offset = 0, size = 0 } = o;
      const bytes = size === 0 ? `${w.pages.get(o.buf) ?? 1} * PAGE_SIZE${offset === 0 ? "" : ` - ${offset}`}` : String(size);
      return status(`map(f, ${bufferOf(o.buf)}, ${offset}, ${bytes}, ${DIRECTIONS[o.direction ?? "bidirectional"]}, ${SKIP(o.attrs)})`);
    }
    case "dma_unmap":
      w.need("dma-map");
      return nothing(`unmap(f, ${bufferOf(o.buf)}, ${SKIP(o.attrs)})`);
    case "dma_sync_for_cpu":
    case "dma_sync_for_device": {
      w.need("dma-map");
      const { offset = 0, size = 0 } = o;
      const end = size === 0 ? `${member(o.buf, "size")}${offset === 0 ? "" : ` - ${offset}`}` : String(size);
      return nothing(`dma_sync_single_${o.op === "dma_sync_for_cpu" ? "for_cpu" : "for_device"}(f->dev, ${plus(member(o.buf, "dma"), offset === 0 ? "" : String(offset))}, ${end}, ${member(o.buf, "dir")})`);
    }
    case "vmap": {
      w.need("vmap");
      if (w.kind(o.buf) === "coherent") throw notWritten("vmap() of memory of the DMA API", "the memory is the DMA layer's");
      const prot = o.prot === "decrypted" ? "pgprot_decrypted(PAGE_KERNEL)" : "PAGE_KERNEL";
      return status(`map_kernel(${bufferOf(o.buf)}, ${pageExpression(w, o.buf, 0)}, ${w.pages.get(o.buf)!}, ${prot})`);
    }
    case "vunmap":
      w.need("vmap");
      return nothing(`unmap_kernel(${bufferOf(o.buf)})`);
    case "set_memory_decrypted":
    case "set_memory_encrypted": {
      ram(w, o.buf, o.op);
      w.need("set-memory");
      const { page = 0, pages = 0 } = o;
      return status(`${o.op === "set_memory_decrypted" ? "decrypt" : "encrypt"}(${bufferOf(o.buf)}, ${page}, ${pages === 0 ? w.pages.get(o.buf)! - page : pages})`);
    }
    case "set_memory_wc":
    case "set_memory_uc":
    case "set_memory_wb":
      ram(w, o.buf, o.op);
      w.need("set-caching");
      return status(`set_caching(${bufferOf(o.buf)}, "${o.op.slice(-2)}")`);
    case "cpu_write":
      w.need("cpu-write");
      return nothing(`cpu_write(${addressExpression(w, o.buf, o.page, o.alias, o.at)}, ${o.value})`);
    case "cpu_read":
      w.need("cpu-read");
      return read(`cpu_read(${addressExpression(w, o.buf, o.page, o.alias, o.at)}, seen)`);
    case "dev_write":
      w.need("device-write");
      return nothing(`device_write(test, ${dmaExpression(w, o.buf, o.page, o.at)}, ${o.value})`);
    case "dev_read":
      w.need("device-read");
      return read(`device_read(test, ${dmaExpression(w, o.buf, o.page, o.at)}, seen)`);
    default:
      throw notWritten(o.op, "it has no call of its own");
  }
}
