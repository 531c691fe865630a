// SPDX-License-Identifier: GPL-2.0-only
/*
 * drivers/dma-buf/dma-buf.c between a driver and an exporter of ours, which maps pages as drivers/dma-buf/heaps/system_heap.c
 * does. The driver's own import comes to these functions.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/scatterlist.h>
#include <drm/drm_drv.h>
#include <drm/drm_prime.h>
#include "cbit.h"
#include "driver.h"
#include "own.h"

/* A dma-buf over lent pages, for each buffer that may import one. */
static struct exported {
	struct dma_buf buf;
	/* Nobody has a descriptor of it. */
	struct file file;
	struct dma_buf_attachment attach;
	struct sg_table table;
	struct dma_resv resv;
	struct page **pages;
	u32 count;
} exported[CBIT_BOS];

static const struct dma_buf_ops exporter;

static struct exported *of(struct dma_buf *buf)
{
	return container_of(buf, struct exported, buf);
}

struct dma_buf_attachment *dma_buf_dynamic_attach(struct dma_buf *buf, struct device *dev, const struct dma_buf_attach_ops *ops, void *priv)
{
	struct dma_buf_attachment *attach = &of(buf)->attach;

	attach->dmabuf = buf;
	attach->dev = dev;
	attach->importer_ops = ops;
	attach->importer_priv = priv;
	return attach;
}

struct dma_buf_attachment *dma_buf_attach(struct dma_buf *buf, struct device *dev)
{
	return dma_buf_dynamic_attach(buf, dev, NULL, NULL);
}

void dma_buf_detach(struct dma_buf *buf, struct dma_buf_attachment *attach)
{
	memset(attach, 0, sizeof(*attach));
}

/* system_heap_attach, system_heap_map_dma_buf */
struct sg_table *dma_buf_map_attachment(struct dma_buf_attachment *attach, enum dma_data_direction direction)
{
	struct exported *e = of(attach->dmabuf);
	int ret = sg_alloc_table_from_pages(&e->table, e->pages, e->count, 0, (u64)e->count << PAGE_SHIFT, GFP_KERNEL);

	if (ret)
		return ERR_PTR(ret);
	ret = dma_map_sgtable(attach->dev, &e->table, direction, 0);
	if (!ret)
		return &e->table;
	sg_free_table(&e->table);
	return ERR_PTR(ret);
}

struct sg_table *dma_buf_map_attachment_unlocked(struct dma_buf_attachment *attach, enum dma_data_direction direction)
{
	return dma_buf_map_attachment(attach, direction);
}

void dma_buf_unmap_attachment(struct dma_buf_attachment *attach, struct sg_table *table, enum dma_data_direction direction)
{
	dma_unmap_sgtable(attach->dev, table, direction, 0);
	sg_free_table(table);
	memset(table, 0, sizeof(*table));
}

void dma_buf_unmap_attachment_unlocked(struct dma_buf_attachment *attach, struct sg_table *table, enum dma_data_direction direction)
{
	dma_buf_unmap_attachment(attach, table, direction);
}

/* The importer's reference: the exporter lives as long as it lends. */
void dma_buf_put(struct dma_buf *buf)
{
	memset(of(buf), 0, sizeof(struct exported));
}

int cbit_import(u32 slot, struct page **pages, u32 count, struct drm_device *drm, struct ttm_buffer_object **bo)
{
	struct exported *e = &exported[slot];
	struct drm_gem_object *obj;

	atomic_long_set(&e->file.f_count, 1);
	dma_resv_init(&e->resv);
	e->buf.ops = &exporter;
	e->buf.size = (size_t)count << PAGE_SHIFT;
	e->buf.resv = &e->resv;
	e->buf.file = &e->file;
	e->pages = pages;
	e->count = count;
	obj = drm->driver->gem_prime_import ? drm->driver->gem_prime_import(drm, &e->buf) : drm_gem_prime_import(drm, &e->buf);
	if (IS_ERR_OR_NULL(obj)) {
		memset(e, 0, sizeof(*e));
		return obj ? PTR_ERR(obj) : -ENOMEM;
	}
	*bo = container_of(obj, struct ttm_buffer_object, base);
	return 0;
}

int cbit_use_share(struct ttm_buffer_object *bo)
{
	struct ttm_operation_ctx ctx = { .interruptible = false };
	struct ttm_placement placement;
	int ret = ttm_bo_reserve(bo, false, false, NULL);

	if (ret)
		return ret;
	ret = cbit_driver_place(bo, CBIT_TT, &placement) ?: ttm_bo_validate(bo, &placement, &ctx);
	ttm_bo_unreserve(bo);
	if (ret)
		ttm_bo_put(bo);
	return ret;
}
