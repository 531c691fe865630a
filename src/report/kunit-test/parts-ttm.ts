// SPDX-License-Identifier: MIT
/** Buffers of TTM, as a driver with the finding's parameters makes them. */

import type { DriverProfile } from "../../kernel/index.ts";
import { c, type Part } from "./part.ts";

/** What the driver told TTM, as C. */
function useDma32({ useDma32: rule, dmaMaskBits }: DriverProfile): string {
  switch (rule) {
    case "dma_addressing_limited":
      return "dma_addressing_limited(f->dev)";
    case "mask-32":
      return dmaMaskBits <= 32 ? "true" : "false";
    case "always":
      return "true";
    case "never":
      return "false";
  }
}

/** Pages of somebody else are there already. */
const POPULATE = `static int tt_populate(struct ttm_device *bdev, struct ttm_tt *tt,
		       struct ttm_operation_ctx *ctx)
{
	return tt->page_flags & TTM_TT_FLAG_EXTERNAL ? 0 : ttm_pool_alloc(&bdev->pool, tt, ctx);
}

static void tt_unpopulate(struct ttm_device *bdev, struct ttm_tt *tt)
{
	if (!(tt->page_flags & TTM_TT_FLAG_EXTERNAL))
		ttm_pool_free(&bdev->pool, tt);
}

`;

const PLACE = c(`
	static const struct ttm_place place = { .mem_type = TTM_PL_TT };
	struct ttm_placement placement = {
		.num_placement = 1,
		.placement = &place,
	};
	struct ttm_operation_ctx ctx = { };`);

/** The driver's part in a move: the device reaches TTM_PL_TT. @param which a condition on the buffer */
function mappingMove(which: string): string {
  return `	struct finding *f = container_of(bo->bdev, struct finding, bdev);
	int ret = 0;

	if (mem->mem_type == TTM_PL_TT${which})
		ret = map_pages(f, buffer_of(bo));
	else if (mem->mem_type == TTM_PL_SYSTEM)
		unmap_pages(f, buffer_of(bo));
	if (ret)
		return ret;
`;
}

/** What a test's buffers need of the driver. */
export interface TtmShape {
  /** What use_dma_alloc was when the finding was made. */
  readonly dmaAlloc: boolean;
  /** The driver maps pages by itself. */
  readonly maps: boolean;
  /** Some buffer has pages of another one. */
  readonly imports: boolean;
  /** There are no KUnit helpers of TTM and DRM, as before 6.7: the test makes a DRM device by itself. */
  readonly older: boolean;
}

/** How the DRM device is made that buffers belong to. */
function drmDevice(older: boolean): Pick<Part, "headers" | "finding" | "code" | "init" | "exit"> {
  const headers = ["linux/completion.h", "drm/ttm/ttm_range_manager.h", "drm/ttm/ttm_tt.h"];
  const finding = ["struct drm_device *drm;", "struct ttm_device bdev;", "bool has_ttm;"];
  const ofBuffer = c(`
static struct buffer *buffer_of(struct ttm_buffer_object *bo)
{
	return container_of(bo, struct buffer, bo);
}`);
  if (!older) {
    const init = c(`
	dev = drm_kunit_helper_alloc_device(test);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	f->drm = __drm_kunit_helper_alloc_drm_device(test, dev, sizeof(*f->drm), 0, DRIVER_GEM);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f->drm);`);
    return { headers, finding, code: ofBuffer, init };
  }
  return {
    headers: [...headers, "linux/device.h", "drm/drm_drv.h", "drm/drm_gem.h", "drm/drm_file.h", "drm/ttm/ttm_bo_api.h", "drm/ttm/ttm_bo_driver.h", "drm/ttm/ttm_device.h", "drm/ttm/ttm_placement.h"],
    finding: ["struct device *parent;", ...finding],
    code: `${ofBuffer}\n\nstatic const struct drm_driver driver = {\n\t.driver_features = DRIVER_GEM,\n\t.name = "ttm_cbit",\n};`,
    init: c(`
	dev = root_device_register("ttm_cbit");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	f->parent = dev;
	f->drm = drm_dev_alloc(&driver, dev);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f->drm);`),
    exit: c(`
	if (!IS_ERR_OR_NULL(f->drm))
		drm_dev_put(f->drm);
	if (f->parent)
		root_device_unregister(f->parent);`),
  };
}

export function ttmParts(driver: DriverProfile, { dmaAlloc, maps, imports, older }: TtmShape): readonly Part[] {
  const attrs = driver.skipCpuSync ? "DMA_ATTR_SKIP_CPU_SYNC" : "0";
  const init = maps || driver.tt === "ttm_tt_init" ? "ttm_tt_init(tt, bo, page_flags, b->caching, 0)" : "ttm_sg_tt_init(tt, bo, page_flags, b->caching)";
  const sgt = maps || imports;
  const moveBody = sgt ? mappingMove(maps ? "" : " && buffer_of(bo)->borrowed") : "";
  return [
    {
      name: "buffer",
      needs: ["device"],
      ...drmDevice(older),
      buffer: ["struct ttm_buffer_object bo;", "enum ttm_caching caching;", "bool is_bo;", "struct completion released;", ...(imports ? ["struct page *borrowed;"] : [])],
    },
    {
      name: "map-pages",
      needs: ["buffer"],
      headers: ["linux/scatterlist.h"],
      buffer: ["struct sg_table sgt;", "bool mapped;"],
      code: c(`
/* ${maps ? "The driver maps the pages by itself: xe_tt_map_sg(), vmw_ttm_map_dma()." : "The exporter maps the pages for the importer: system_heap_map_dma_buf()."} */
static int map_pages(struct finding *f, struct buffer *b)
{
	struct ttm_tt *tt = b->bo.ttm;
${imports ? "\tstruct page *pages[MAX_PAGES];\n\tunsigned int i;\n" : ""}	int ret;

	if (b->mapped)
		return 0;
${imports ? "\tfor (i = 0; i < tt->num_pages; i++)\n\t\tpages[i] = b->borrowed ? b->borrowed + i : tt->pages[i];\n" : ""}	ret = sg_alloc_table_from_pages(&b->sgt, ${imports ? "pages" : "tt->pages"}, tt->num_pages, 0,
					(u64)tt->num_pages << PAGE_SHIFT, GFP_KERNEL);
	if (ret)
		return ret;
	ret = dma_map_sgtable(f->dev, &b->sgt, DMA_BIDIRECTIONAL, ${attrs});
	if (ret)
		sg_free_table(&b->sgt);
	b->mapped = !ret;
	return ret;
}

static void unmap_pages(struct finding *f, struct buffer *b)
{
	if (!b->mapped)
		return;
	dma_unmap_sgtable(f->dev, &b->sgt, DMA_BIDIRECTIONAL, 0);
	sg_free_table(&b->sgt);
	b->mapped = false;
}`),
    },
    {
      name: "ttm",
      needs: ["buffer", ...(sgt ? ["map-pages"] : [])],
      code: c(`
static struct ttm_tt *tt_create(struct ttm_buffer_object *bo, uint32_t page_flags)
{
	struct ttm_tt *tt = kzalloc(sizeof(*tt), GFP_KERNEL);
	struct buffer *b = buffer_of(bo);

	if (tt && ${init}) {
		kfree(tt);
		tt = NULL;
	}
	return tt;
}

static void tt_destroy(struct ttm_device *bdev, struct ttm_tt *tt)
{
	ttm_tt_fini(tt);
	kfree(tt);
}

${imports ? POPULATE : ""}static void evict_flags(struct ttm_buffer_object *bo, struct ttm_placement *placement)
{
	static const struct ttm_place place = { .mem_type = TTM_PL_SYSTEM };

	placement->num_placement = 1;
	placement->placement = &place;
}

/* Pages stay where they are. */
static int move(struct ttm_buffer_object *bo, bool evict, struct ttm_operation_ctx *ctx,
		struct ttm_resource *mem, struct ttm_place *hop)
{
${moveBody}	ttm_bo_move_null(bo, mem);
	return 0;
}

static struct ttm_device_funcs funcs = {
	.ttm_tt_create = tt_create,
${imports ? "\t.ttm_tt_populate = tt_populate,\n\t.ttm_tt_unpopulate = tt_unpopulate,\n" : ""}	.ttm_tt_destroy = tt_destroy,
	.eviction_valuable = ttm_bo_eviction_valuable,
	.evict_flags = evict_flags,
	.move = move,
};

static void bo_release(struct ttm_buffer_object *bo)
{
	drm_gem_object_release(&bo->base);
	buffer_of(bo)->is_bo = false;
	complete(&buffer_of(bo)->released);
}`),
      init: c(`
	KUNIT_ASSERT_EQ(test, ttm_device_init(&f->bdev, &funcs, f->dev,
					      f->drm->anon_inode->i_mapping,
					      f->drm->vma_offset_manager,
					      ${dmaAlloc}, ${useDma32(driver)}), 0);
	f->has_ttm = true;
	KUNIT_ASSERT_EQ(test, ttm_range_man_init(&f->bdev, TTM_PL_TT, true, 1024), 0);`),
      exit: c(`
	if (f->has_ttm) {
		ttm_range_man_fini(&f->bdev, TTM_PL_TT);
		ttm_device_fini(&f->bdev);
	}`),
      end: `${sgt ? "\tunmap_pages(f, b);\n" : ""}${c(`
	/* TTM may leave the rest to a worker. */
	if (b->is_bo) {
		ttm_bo_put(&b->bo);
		wait_for_completion_timeout(&b->released, 10 * HZ);
	}`)}`,
    },
    {
      name: "bo-create",
      needs: ["ttm"],
      code: c(`
static int bo_create(struct finding *f, struct buffer *b, unsigned int pages,
		     enum ttm_caching caching)
{
	static const struct ttm_place place = { .mem_type = TTM_PL_SYSTEM };
	struct ttm_placement placement = {
		.num_placement = 1,
		.placement = &place,
	};
	struct ttm_operation_ctx ctx = { };
	int ret;

	memset(b, 0, sizeof(*b));
	b->caching = caching;
	b->is_bo = true;
	init_completion(&b->released);
	drm_gem_private_object_init(f->drm, &b->bo.base, pages << PAGE_SHIFT);
	ret = ttm_bo_init_reserved(&f->bdev, &b->bo, ttm_bo_type_device, &placement, 0,
				   &ctx, NULL, NULL, bo_release);
	if (!ret)
		ttm_bo_unreserve(&b->bo);
	return ret;
}`),
    },
    {
      name: "bo-place",
      needs: ["ttm"],
      code: c(`
/* The buffer gets its pages, where the device reaches them. */
static int bo_populate(struct finding *f, struct buffer *b)
{
${PLACE}
	int ret;

	ret = ttm_bo_reserve(&b->bo, false, false, NULL);
	if (ret)
		return ret;
	ret = ttm_bo_validate(&b->bo, &placement, &ctx);
	ttm_bo_unreserve(&b->bo);
	return ret;
}`),
    },
    {
      name: "bo-swapin",
      needs: ["ttm"],
      code: c(`
static int bo_swapin(struct finding *f, struct buffer *b)
{
	struct ttm_operation_ctx ctx = { };
	int ret = ttm_bo_reserve(&b->bo, false, false, NULL);

	if (ret)
		return ret;
	ret = ttm_tt_populate(&f->bdev, b->bo.ttm, &ctx);
	ttm_bo_unreserve(&b->bo);
	return ret;
}`),
    },
    {
      name: "bo-dma",
      needs: ["ttm"],
      code: sgt
        ? c(`
static dma_addr_t bo_dma(struct buffer *b, unsigned int page)
{
	struct sg_dma_page_iter iter;

${maps ? "" : "\tif (!b->borrowed)\n\t\treturn b->bo.ttm->dma_address[page];\n"}	for_each_sgtable_dma_page(&b->sgt, &iter, page)
		return sg_page_iter_dma_address(&iter);
	return DMA_MAPPING_ERROR;
}`)
        : c(`
static dma_addr_t bo_dma(struct buffer *b, unsigned int page)
{
	return b->bo.ttm->dma_address[page];
}`),
    },
    {
      name: "bo-page",
      needs: ["ttm"],
      code: c(`
static struct page *bo_page(struct buffer *b, unsigned int page)
{
	return b->bo.ttm->pages[page];
}`),
    },
    {
      name: "bo-vmap",
      needs: ["ttm"],
      headers: ["linux/iosys-map.h"],
      buffer: ["struct iosys_map vmap;", "bool vmapped;"],
      code: c(`
static int bo_vmap(struct buffer *b)
{
	int ret = ttm_bo_reserve(&b->bo, false, false, NULL);

	if (ret)
		return ret;
	ret = ttm_bo_vmap(&b->bo, &b->vmap);
	b->vmapped = !ret;
	ttm_bo_unreserve(&b->bo);
	return ret;
}

static void bo_vunmap(struct buffer *b)
{
	if (!b->vmapped)
		return;
	ttm_bo_reserve(&b->bo, false, false, NULL);
	ttm_bo_vunmap(&b->bo, &b->vmap);
	ttm_bo_unreserve(&b->bo);
	b->vmapped = false;
}`),
      end: "\tbo_vunmap(b);",
    },
    {
      name: "bo-kmap",
      needs: ["ttm"],
      buffer: ["struct ttm_bo_kmap_obj kmap;", "unsigned int kmap_page;", "bool kmapped;"],
      code: c(`
static int bo_kmap(struct buffer *b, unsigned int page)
{
	int ret = ttm_bo_reserve(&b->bo, false, false, NULL);

	if (ret)
		return ret;
	ret = ttm_bo_kmap(&b->bo, page, 1, &b->kmap);
	b->kmap_page = page;
	b->kmapped = !ret;
	ttm_bo_unreserve(&b->bo);
	return ret;
}

static void bo_kunmap(struct buffer *b)
{
	if (!b->kmapped)
		return;
	ttm_bo_kunmap(&b->kmap);
	b->kmapped = false;
}`),
      end: "\tbo_kunmap(b);",
    },
    {
      name: "bo-swapout",
      needs: ["bo-create", "bo-place"],
      code: c(`
/*
 * As memory pressure does it: this device's only idle buffer is the one meant.
 * Somebody else has its pages before it comes back.
 */
static int bo_swapout(struct finding *f, struct buffer *b)
{
	struct buffer *other = &f->buffers[NR_BUFFERS - 1];
	struct ttm_operation_ctx ctx = { };
	int ret = ttm_device_swapout(&f->bdev, &ctx, GFP_KERNEL);

	if (ret <= 0)
		return ret ?: -EBUSY;
	ret = bo_create(f, other, b->bo.ttm->num_pages, b->caching);
	return ret ?: bo_populate(f, other);
}`),
    },
    {
      name: "bo-sync",
      needs: ["ttm", "bo-dma"],
      code: c(`
/* The driver's own: nouveau_bo_sync_for_device(), nouveau_bo_sync_for_cpu(). */
static void bo_sync(struct finding *f, struct buffer *b, bool for_device)
{
	unsigned int i;

	for (i = 0; i < b->bo.ttm->num_pages; i++) {
		if (for_device)
			dma_sync_single_for_device(f->dev, bo_dma(b, i), PAGE_SIZE, DMA_TO_DEVICE);
		else
			dma_sync_single_for_cpu(f->dev, bo_dma(b, i), PAGE_SIZE, DMA_FROM_DEVICE);
	}
}`),
    },
    {
      name: "bo-import",
      needs: ["ttm", "bo-place", "map-pages"],
      code: c(`
/* A buffer over pages of another one, as a dma-buf that is attached. */
static int bo_import(struct finding *f, struct buffer *b, struct page *first,
		     unsigned int pages)
{
	static const struct ttm_place place = { .mem_type = TTM_PL_SYSTEM };
	struct ttm_placement placement = {
		.num_placement = 1,
		.placement = &place,
	};
	struct ttm_operation_ctx ctx = { };
	int ret;

	memset(b, 0, sizeof(*b));
	b->caching = ttm_cached;
	b->borrowed = first;
	b->is_bo = true;
	init_completion(&b->released);
	drm_gem_private_object_init(f->drm, &b->bo.base, pages << PAGE_SHIFT);
	ret = ttm_bo_init_reserved(&f->bdev, &b->bo, ttm_bo_type_sg, &placement, 0,
				   &ctx, &b->sgt, NULL, bo_release);
	if (ret)
		return ret;
	ttm_bo_unreserve(&b->bo);
	return bo_populate(f, b);
}`),
    },
  ];
}
