// SPDX-License-Identifier: GPL-2.0-only
/* qxl's own probe, qxl_device_init(), above a device of ours: its ROM, RAM header and ports. */
#include <linux/interrupt.h>
#include <linux/pci.h>
#include <drm/drm_drv.h>
#include "qxl_drv.h"
#include "qxl_object.h"
#include "bar.h"
#include "cbit.h"
#include "device.h"
#include "driver.h"
#include "own.h"

/* BAR 0: VRAM with the RAM header behind it; 1: surfaces, in none of which is a buffer; 2: ROM; 3: ports. */
#define HEADER_OFFSET CBIT_BAR_BYTES
#define VRAM_BYTES (HEADER_OFFSET + PAGE_ALIGN(sizeof(struct qxl_ram_header)))
#define SURFACES 0x4010000000UL
#define SURFACE_BYTES (4UL * PAGE_SIZE)
#define ROM 0x4020000000UL
#define PORTS 0xc000

static struct qxl_device *qxl;
static struct qxl_rom rom;
static struct qxl_ram_header header;
static irq_handler_t handler;
static void *handler_data;

static const struct drm_driver qxl_drm_driver = { .driver_features = DRIVER_GEM | DRIVER_MODESET, .name = "qxl" };

/* kernel/irq/manage.c */
int request_threaded_irq(unsigned int irq, irq_handler_t fn, irq_handler_t thread, unsigned long flags, const char *name, void *data)
{
	handler = fn;
	handler_data = data;
	return 0;
}

u32 cbit_port_in(u32 port)
{
	return 0;
}

/* Asynchronous commands are done at once, and the device says so. */
void cbit_port_out(u32 port, u32 value)
{
	if (port < PORTS + QXL_IO_UPDATE_AREA_ASYNC || port > PORTS + QXL_IO_MONITORS_CONFIG_ASYNC)
		return;
	header.int_pending |= QXL_INTERRUPT_IO_CMD;
	handler(0, handler_data);
}

int cbit_probe(u32 variant)
{
	struct pci_dev *pdev = to_pci_dev(cbit_device());

	cbit_steps_reset();
	rom.magic = 0x4f525851;
	rom.id = 4;
	rom.num_io_pages = HEADER_OFFSET >> PAGE_SHIFT;
	rom.surface0_area_size = PAGE_SIZE;
	rom.ram_header_offset = HEADER_OFFSET;
	rom.n_surfaces = 16;
	rom.slots_start = 1;
	rom.slots_end = 3;
	rom.slot_gen_bits = 8;
	rom.slot_id_bits = 8;
	cbit_registers_at(ROM, sizeof(rom), &rom);
	cbit_registers_at(CBIT_BAR_START + HEADER_OFFSET, sizeof(header), &header);
	pdev->vendor = PCI_VENDOR_ID_REDHAT;
	pdev->revision = 5;
	pdev->resource[0] = (struct resource){ .start = CBIT_BAR_START, .end = CBIT_BAR_START + VRAM_BYTES - 1, .flags = IORESOURCE_MEM };
	pdev->resource[1] = (struct resource){ .start = SURFACES, .end = SURFACES + SURFACE_BYTES - 1, .flags = IORESOURCE_MEM };
	pdev->resource[2] = (struct resource){ .start = ROM, .end = ROM + sizeof(rom) - 1, .flags = IORESOURCE_MEM };
	pdev->resource[3] = (struct resource){ .start = PORTS, .end = PORTS + 31, .flags = IORESOURCE_IO };

	/* qxl_pci_probe's devm_drm_dev_alloc() */
	qxl = kzalloc(sizeof(*qxl), GFP_KERNEL);
	cbit_drm_init(&qxl->ddev, &qxl_drm_driver);
	return qxl_device_init(qxl, pdev);
}

/* qxl_alloc_ioctl(), qxl_mode_dumb_create(); system memory is always cached (qxl_ttm_tt_create). */
int cbit_driver_create(u32 slot, u32 pages, enum ttm_caching caching, enum cbit_place place, struct ttm_buffer_object **bo)
{
	struct qxl_bo *qbo;
	int ret;

	if (caching != ttm_cached)
		return -EOPNOTSUPP;
	ret = qxl_bo_create(qxl, (unsigned long)pages << PAGE_SHIFT, false, false, place == CBIT_VRAM ? QXL_GEM_DOMAIN_VRAM : QXL_GEM_DOMAIN_CPU, 0, NULL, &qbo);
	if (ret)
		return ret;
	*bo = &qbo->tbo;
	if (place == CBIT_VRAM)
		cbit_vram_cleared(*bo);
	return 0;
}

/* The device reaches its own memory only. */
int cbit_driver_place(struct ttm_buffer_object *bo, enum cbit_place at, struct ttm_placement *placement)
{
	struct qxl_bo *qbo = to_qxl_bo(bo);

	if (at == CBIT_TT)
		return -EOPNOTSUPP;
	qxl_ttm_placement_from_domain(qbo, at == CBIT_VRAM ? QXL_GEM_DOMAIN_VRAM : QXL_GEM_DOMAIN_CPU);
	*placement = qbo->placement;
	return 0;
}

u64 cbit_driver_dma_address(struct ttm_buffer_object *bo, u32 page)
{
	return ~0ULL;
}

/* qxl_ttm_io_mem_reserve */
unsigned long cbit_driver_vram_pfn(struct ttm_buffer_object *bo, u32 page)
{
	return PHYS_PFN(qxl->vram_base) + bo->resource->start + page;
}

struct ttm_device *cbit_driver_ttm(void)
{
	return &qxl->mman.bdev;
}
