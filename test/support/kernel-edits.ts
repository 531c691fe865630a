// SPDX-License-Identifier: MIT
/**
 * Patches of Linux 6.12 as one replacement each: which mapping decision it changes, where it is judged, and what must come of it. The
 * patches themselves are made from a kernel source, as `git format-patch` or `git diff` writes them.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface KernelEdit {
  /** The patch's subject. */
  readonly subject: string;
  readonly file: string;
  /** What is replaced: the first place where it stands. */
  readonly from: string | RegExp;
  readonly to: string;
  /** Machines, devices and workload that it is judged on; the usual ones where left out. */
  readonly machines?: string;
  readonly devices?: string;
  readonly workload?: string;
  /** Cases that are not `same`, "DEVICE@MACHINE" and blanks between. */
  readonly broken?: string;
  readonly fixed?: string;
  readonly changed?: string;
  /** True where cbit compiles none of what it touches. */
  readonly untouched?: boolean;
}

/** Where an edit is judged that does not say otherwise. */
export const MACHINES = "none,iommu=off sme-zen2,iommu=off sme-zen2,iommu=translated sev tdx";
export const DEVICES = "amdgpu-gfx9 amdgpu-gfx9.4.3 xe";

const TTM = "drivers/gpu/drm/ttm";
const SET_MEMORY = "arch/x86/mm/pat/set_memory.c";
const NOT_DECRYPTED = /(ret = page_address\(page\);\n\t\tif \()dma_set_decrypted\(dev, ret, size\)/;
const IN_GUESTS = "cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT)";
/** Devices whose pages come from dma_alloc_attrs(), in guests. The second one's mask holds the C-bit of sme-zen2. */
const GUESTS = "amdgpu-gfx9@sev amdgpu-gfx9.4.3@sev amdgpu-gfx9@tdx amdgpu-gfx9.4.3@tdx";
/** A device whose mask is below the C-bit. */
const NARROW = "amdgpu-gfx9@sme-zen2,iommu=off";
/** The device that maps pages itself: it is broken from the start wherever its DMA is bounced. */
const BOUNCED = "xe@sme-zen2,iommu=off xe@sev xe@tdx";

export const KERNEL_EDITS: readonly KernelEdit[] = [
  // What TTM decides.
  { subject: "drm/ttm: never set TTM_TT_FLAG_DECRYPTED", file: `${TTM}/ttm_tt.c`, from: IN_GUESTS, to: "false", broken: GUESTS },
  {
    subject: "drm/ttm: set TTM_TT_FLAG_DECRYPTED on hosts too",
    file: `${TTM}/ttm_tt.c`,
    from: "CC_ATTR_GUEST_MEM_ENCRYPT",
    to: "CC_ATTR_MEM_ENCRYPT",
    broken: "amdgpu-gfx9.4.3@sme-zen2,iommu=off amdgpu-gfx9@sme-zen2,iommu=translated amdgpu-gfx9.4.3@sme-zen2,iommu=translated",
    fixed: NARROW,
  },
  {
    subject: "drm/ttm: ask force_dma_unencrypted() about TTM_TT_FLAG_DECRYPTED",
    file: `${TTM}/ttm_tt.c`,
    from: /(#include <drm\/ttm\/ttm_tt\.h>)([^]*?)cc_platform_has\(CC_ATTR_GUEST_MEM_ENCRYPT\)/,
    to: "#include <linux/dma-direct.h>\n$1$2force_dma_unencrypted(bdev->pool.dev)",
    broken: "amdgpu-gfx9@sme-zen2,iommu=translated",
    fixed: NARROW,
  },
  {
    subject: "drm/ttm: map everything decrypted",
    file: `${TTM}/ttm_bo_util.c`,
    from: "if (bo->ttm->page_flags & TTM_TT_FLAG_DECRYPTED)",
    to: "if (true)",
    broken: "amdgpu-gfx9.4.3@sme-zen2,iommu=off amdgpu-gfx9@sme-zen2,iommu=translated amdgpu-gfx9.4.3@sme-zen2,iommu=translated xe@sme-zen2,iommu=translated",
    fixed: NARROW,
    changed: BOUNCED,
  },
  { subject: "drm/ttm: vmap with PAGE_KERNEL", file: `${TTM}/ttm_bo_util.c`, from: /(vaddr_iomem\(map, vaddr_iomem\);[^]*?prot = )ttm_io_prot\(bo, mem, PAGE_KERNEL\)/, to: "$1PAGE_KERNEL", broken: GUESTS, changed: NARROW },
  { subject: "drm/ttm: leave the protection of user mappings to the caller", file: `${TTM}/ttm_bo_vm.c`, from: "prot = ttm_io_prot(bo, bo->resource, prot);", to: "", broken: GUESTS, changed: NARROW },
  { subject: "drm/ttm: take all pages from dma_alloc_attrs()", file: `${TTM}/ttm_pool.c`, from: "pool->use_dma_alloc = use_dma_alloc;", to: "pool->use_dma_alloc = true;", changed: "xe@sme-zen2,iommu=off" },

  // What the DMA layer decides.
  { subject: "x86/mm: let devices of guests use private memory", file: "arch/x86/mm/mem_encrypt.c", from: `if (${IN_GUESTS})`, to: "if (false)", broken: GUESTS },
  { subject: "x86/mm: decrypt for all devices under SME", file: "arch/x86/mm/mem_encrypt.c", from: "if (dma_dev_mask <= dma_enc_mask)", to: "if (dma_dev_mask)", broken: "amdgpu-gfx9.4.3@sme-zen2,iommu=off" },
  { subject: "x86/mm: decrypt for no device under SME", file: "arch/x86/mm/mem_encrypt.c", from: "if (dma_dev_mask <= dma_enc_mask)", to: "if (!dma_dev_mask)", changed: NARROW },
  { subject: "dma-direct: leave the C-bit of allocations alone", file: "kernel/dma/direct.c", from: NOT_DECRYPTED, to: "$1false", broken: GUESTS, changed: NARROW },
  { subject: "dma-direct: give devices the address with the C-bit", file: "kernel/dma/direct.c", from: "return phys_to_dma_unencrypted(dev, phys);", to: "return phys_to_dma(dev, phys);", broken: "amdgpu-gfx9@sev amdgpu-gfx9.4.3@sev", changed: NARROW },
  { subject: "dma-direct: take every address as reachable", file: "kernel/dma/direct.h", from: "unlikely(!dma_capable(dev, dma_addr, size, true))", to: "false", changed: "xe@sme-zen2,iommu=off" },
  { subject: "x86/swiotlb: do not force bouncing in guests", file: "arch/x86/kernel/pci-dma.c", from: "x86_swiotlb_flags |= SWIOTLB_FORCE;", to: ";", changed: "xe@tdx" },
  { subject: "swiotlb: keep the bounce buffer private", file: "kernel/dma/swiotlb.c", from: "set_memory_decrypted((unsigned long)mem->vaddr", to: "set_memory_encrypted((unsigned long)mem->vaddr", changed: BOUNCED },
  { subject: "swiotlb: do not copy to the device at map time", file: "kernel/dma/swiotlb.c", from: "swiotlb_bounce(dev, tlb_addr, mapping_size, DMA_TO_DEVICE, pool);\n\treturn tlb_addr;", to: "return tlb_addr;", changed: BOUNCED },

  // What set_memory_decrypted() does.
  { subject: "x86/mm: do not clear the encryption bit", file: SET_MEMORY, from: "pgprot_decrypted(empty) : pgprot_encrypted(empty);", to: "pgprot_decrypted(empty) : empty;", broken: "amdgpu-gfx9@sev amdgpu-gfx9.4.3@sev", changed: `${NARROW} xe@sme-zen2,iommu=off xe@sev` },
  { subject: "x86/mm: do not tell the hypervisor of a conversion", file: SET_MEMORY, from: "ret = x86_platform.guest.enc_status_change_finish(addr, numpages, enc);", to: "ret = 0;", broken: "amdgpu-gfx9@tdx amdgpu-gfx9.4.3@tdx", changed: "xe@tdx" },
  { subject: "x86/coco: decrypting is a no-op", file: "arch/x86/coco/core.c", from: /(u64 cc_mkdec\(u64 val\)[^]*?)return val & ~cc_mask;/, to: "$1return val;", broken: "amdgpu-gfx9@sev amdgpu-gfx9.4.3@sev" },
  // The driver's probe itself uses memory of dma_alloc_coherent().
  { subject: "dma-direct: leave pages of the DMA API private, judged by a driver that uses them in its probe", file: "kernel/dma/direct.c", from: NOT_DECRYPTED, to: "$1false", machines: "tdx", devices: "vmwgfx", broken: "vmwgfx@tdx" },

  // What changes no decision.
  { subject: "drm/ttm: kmap single decrypted pages through the linear map", file: `${TTM}/ttm_bo_util.c`, from: "!(man->use_tt && (ttm->page_flags & TTM_TT_FLAG_DECRYPTED))", to: "man" },
  { subject: "drm/ttm: ask in a function of its own whether pages are decrypted", file: `${TTM}/ttm_bo_util.c`, from: /(pgprot_t ttm_io_prot\([^]*?if \()bo->ttm->page_flags & TTM_TT_FLAG_DECRYPTED/, to: "static bool ttm_bo_decrypted(struct ttm_buffer_object *bo)\n{\n\treturn bo->ttm->page_flags & TTM_TT_FLAG_DECRYPTED;\n}\n\n$1ttm_bo_decrypted(bo)" },
  { subject: "drm/ttm: say why TT memory is decrypted", file: `${TTM}/ttm_tt.c`, from: "TT memory decryption enabled.", to: "TT memory is decrypted for devices." },
  { subject: "x86/mm: rename a variable", file: "arch/x86/mm/mem_encrypt.c", from: /dma_dev_mask/g, to: "mask_of_dev" },
  { subject: "dma-direct: a comment at the top", file: "kernel/dma/direct.c", from: "\n#include", to: "\n/* One line more. */\n#include" },
  { subject: "MAINTAINERS: a line more", file: "MAINTAINERS", from: /$/, to: "\n", untouched: true },
];

const GIT = ["-c", "user.name=Jane Doe", "-c", "user.email=jane@example.org", "-c", "core.autocrlf=false", "-c", "commit.gpgSign=false"];

function git(folder: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("git", [...GIT, ...args], { cwd: folder, encoding: "utf8", env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" } });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** The text of a file after an edit. @throws where the source does not have what is replaced */
export function edited(text: string, { file, from, to }: Pick<KernelEdit, "file" | "from" | "to">): string {
  const after = typeof from === "string" ? text.replace(from, () => to) : text.replace(from, to);
  if (after === text) throw new Error(`${file}: has nothing like ${String(from)}`);
  return after;
}

/** Writes an edit as a patch with one line of context. @returns its path in `folder` */
export function writePatch(source: string, edit: Pick<KernelEdit, "file" | "from" | "to" | "subject">, kind: "mbox" | "diff", folder: string): string {
  const work = mkdtempSync(join(folder, "git-"));
  try {
    const text = readFileSync(join(source, edit.file), "utf8");
    mkdirSync(dirname(join(work, edit.file)), { recursive: true });
    writeFileSync(join(work, edit.file), text);
    git(work, "init", "--quiet", "--template=");
    git(work, "add", "--all");
    git(work, "commit", "--quiet", "--message", "before");
    writeFileSync(join(work, edit.file), edited(text, edit));
    if (kind === "mbox") git(work, "commit", "--quiet", "--all", "--message", edit.subject);
    const patch = kind === "mbox" ? git(work, "format-patch", "-U1", "-1", "--stdout") : git(work, "diff", "-U1");
    const path = join(folder, `${edit.subject.replaceAll(/[^a-z0-9]+/gi, "-")}.${kind === "mbox" ? "patch" : "diff"}`);
    writeFileSync(path, patch);
    return path;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
