// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmwgfx's own probe above an SVGA II device of ours. The tree's file is part of this one, since vmw_driver_load() is
 * static there; what it decides (masks, map mode, the arguments of ttm_device_init()) is the driver's.
 */
#include "vmwgfx_drv.c"
#include "bar.h"
#include "cbit.h"
#include "device.h"
#include "driver.h"
#include "own.h"
#include "vmwgfx.h"

/* BAR 0: ports; BAR 1: VRAM, the one that common/data.c shows to drm_need_swiotlb(); BAR 2: the FIFO. */
#define PORTS 0x1000
#define FIFO_BYTES 4096

static struct vmw_private *vmw;
static u32 index_port;
static u32 registers[SVGA_REG_TOP > 128 ? SVGA_REG_TOP : 128];

/* SVGA II's index and value ports. @ref drivers/gpu/drm/vmwgfx/vmwgfx_drv.h vmw_read */
u32 cbit_port_in(u32 port)
{
	return port == PORTS + SVGA_VALUE_PORT && index_port < ARRAY_SIZE(registers) ? registers[index_port] : 0;
}

void cbit_port_out(u32 port, u32 value)
{
	if (port == PORTS + SVGA_INDEX_PORT)
		index_port = value;
	else if (port == PORTS + SVGA_VALUE_PORT && index_port < ARRAY_SIZE(registers))
		registers[index_port] = value;
}

/* A device with guest memory regions and without guest-backed objects, as VMware's without 3D. */
static void power_on(void)
{
	registers[SVGA_REG_CAPABILITIES] = SVGA_CAP_GMR2 | SVGA_CAP_DISPLAY_TOPOLOGY | SVGA_CAP_PITCHLOCK;
	registers[SVGA_REG_VRAM_SIZE] = CBIT_BAR_BYTES;
	registers[SVGA_REG_MEM_SIZE] = FIFO_BYTES;
	registers[SVGA_REG_MEMORY_SIZE] = 64 << 20;
	registers[SVGA_REG_GMR_MAX_IDS] = 64;
	registers[SVGA_REG_GMRS_MAX_PAGES] = 4096;
	registers[SVGA_REG_MAX_WIDTH] = 1024;
	registers[SVGA_REG_MAX_HEIGHT] = 768;
}

/* @restricted: the module parameter restrict_dma_mask */
int cbit_probe(u32 restricted)
{
	struct pci_dev *pdev = to_pci_dev(cbit_device());
	int ret;

	cbit_steps_reset();
	power_on();
	pdev->vendor = PCI_VENDOR_ID_VMWARE;
	pdev->device = VMWGFX_PCI_ID_SVGA2;
	pdev->resource[0] = (struct resource){ .start = PORTS, .end = PORTS + 15, .flags = IORESOURCE_IO };
	pdev->resource[1] = (struct resource){ .start = CBIT_BAR_START, .end = CBIT_BAR_START + CBIT_BAR_BYTES - 1, .flags = IORESOURCE_MEM };
	pdev->resource[2] = (struct resource){ .start = 0x4010000000, .end = 0x4010000000 + FIFO_BYTES - 1, .flags = IORESOURCE_MEM };
	vmw_restrict_dma_mask = restricted;

	/* vmw_probe's devm_drm_dev_alloc() */
	vmw = kzalloc(sizeof(*vmw), GFP_KERNEL);
	cbit_drm_init(&vmw->drm, &driver);
	ret = vmw_driver_load(vmw, VMWGFX_PCI_ID_SVGA2);
	/* vmwgfx_scrn.c, when the first display is set up: buffers can be in VRAM from now on. */
	if (!ret)
		vmw_svga_enable(vmw);
	return ret;
}

struct vmw_private *cbit_vmw(void)
{
	return vmw;
}
