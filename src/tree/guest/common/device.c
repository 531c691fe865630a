// SPDX-License-Identifier: GPL-2.0-only
/* The one device, and the driver model as far as the slice asks (drivers/base, drivers/pci). */
#include <linux/device.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/swiotlb.h>
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include "bounce.h"
#include "cbit.h"
#include "compat.h"
#include "device.h"
#include "options.h"

__typeof__(pci_bus_type) pci_bus_type = { .name = "pci" };
/* drivers/base/platform.c and bus.c have the weak ones where they are in the slice. */
__weak __typeof__(platform_bus_type) platform_bus_type = { .name = "platform" };
struct pci_dev cbit_pci_dev;
static struct pci_bus bus;
static struct pci_host_bridge bridge;
static u64 dma_mask;
static struct device_dma_parameters parameters;

struct device *cbit_device(void)
{
	return &cbit_pci_dev.dev;
}

/* drivers/of/address.c of_dma_get_range(): one region, that ends below every attribute bit. */
static void set_range(struct device *dev, u64 offset)
{
	static struct bus_dma_region regions[2];

	regions[0].dma_start = offset;
	regions[0].size = 1ULL << 40;
#if !CBIT_SINCE(6, 10)
	regions[0].offset = -offset;
#endif
	dev->dma_range_map = regions;
}

void cbit_device_init(void)
{
	struct device *dev = cbit_device();

	INIT_LIST_HEAD(&bridge.windows);
	INIT_LIST_HEAD(&bridge.dma_ranges);
	cbit_pci_dev.bus = &bus;
	cbit_pci_dev.vendor = 0x1002;
	cbit_pci_dev.untrusted = cbit_opt_untrusted;
	dev->bus = &pci_bus_type;
	dev->init_name = "0000:01:00.0";
	dev->coherent_dma_mask = DMA_BIT_MASK(32);
	dev->dma_mask = &dma_mask;
	dma_mask = DMA_BIT_MASK(32);
	/* arch/x86: every device is cache coherent. */
	set_dev_node(dev, NUMA_NO_NODE);
	spin_lock_init(&dev->devres_lock);
	INIT_LIST_HEAD(&dev->devres_head);
	/* drivers/base/core.c device_initialize */
#if CBIT_SINCE(6, 6)
	swiotlb_dev_init(dev);
#else
	dev->dma_io_tlb_mem = &io_tlb_default_mem;
#endif
	dev->dma_parms = &parameters;
	dma_set_min_align_mask(dev, cbit_opt_min_align_mask);
	if (cbit_opt_bus_limit_bits)
		dev->bus_dma_limit = DMA_BIT_MASK(cbit_opt_bus_limit_bits);
	if (cbit_opt_range_offset)
		set_range(dev, (u64)cbit_opt_range_offset << PAGE_SHIFT);
	cbit_bounce_attach(dev);
}

struct pci_host_bridge *pci_find_host_bridge(struct pci_bus *of)
{
	return &bridge;
}

__weak int bus_for_each_dev(CBIT_BUS *type, struct device *start, void *data, int (*fn)(struct device *dev, void *data))
{
	return type == &pci_bus_type ? fn(cbit_device(), data) : 0;
}

int pci_max_pasids(struct pci_dev *dev)
{
	return 0;
}

void pci_walk_bus(struct pci_bus *top, int (*fn)(struct pci_dev *dev, void *data), void *data)
{
	fn(&cbit_pci_dev, data);
}
