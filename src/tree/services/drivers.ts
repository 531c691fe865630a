// SPDX-License-Identifier: MIT
/** What drivers of the tree need besides: src/tree/modules/drivers.ts. */

import { type Service, services } from "./service.ts";

const ENOSYS = -38;

const VMWGFX: readonly Service[] = [
  ...services("value", 0, "vmwgfx's device has no display: modes and overlays are not part of any operation", "vmw_kms_init vmw_vkms_init vmw_overlay_init"),
  ...services("value", 0, "vmwgfx's device takes commands at once (guest/driver-vmwgfx/outside.c): no FIFO, no capabilities to ask for", "vmw_fifo_create vmw_cmd_supported vmw_devcaps_create"),
  ...services("value", ENOSYS, "vmwgfx's device has no command buffers", "vmw_cmdbuf_man_create"),
  ...services("value", 0, "there is no backdoor to VMware's hypervisor, as under others that have the device", "vmw_host_printf vmw_disable_backdoor"),
];

const RADEON_DEVICE: readonly Service[] = [
  ...services("value", 0, "buffers over user memory are not offered by trees", "radeon_mn_unregister"),
  ...services("value", 0, "radeon's device has no rings to test, no display, no sound, no ACPI methods", "radeon_ib_ring_tests radeon_modeset_init radeon_modeset_fini radeon_audio_component_init radeon_audio_component_fini radeon_acpi_init radeon_acpi_fini"),
];

const AMDGPU_DEVICE: readonly Service[] = [
  ...services("value", 0, "amdgpu's device has no interrupts, doorbells, display or RAS, and is not being reset", `amdgpu_irq_add_id amdgpu_doorbell_create_kernel_doorbells
    amdgpu_device_has_display_hardware amdgpu_in_reset amdgpu_hdp_ras_sw_init amdgpu_mca_mp0_ras_sw_init amdgpu_mca_mp1_ras_sw_init amdgpu_mca_mpio_ras_sw_init
    amdgpu_mmhub_ras_sw_init amdgpu_umc_ras_sw_init amdgpu_xgmi_ras_sw_init`),
  ...services("value", 0, "firmware is not run, and the BIOS of amdgpu's device says nothing", "amdgpu_ucode_request amdgpu_atomfirmware_get_vram_info amdgpu_atombios_get_vram_width"),
  ...services("value", 0, "BAR 0 stays as large as it is", "amdgpu_device_resize_fb_bar"),
  ...services("value", 0, "no process has an address space on amdgpu's device", "amdgpu_vm_adjust_size amdgpu_vm_manager_init amdgpu_vm_bo_invalidate"),
  ...services("value", 0, "statistics that decide how much command submission moves", "amdgpu_cs_report_moved_bytes"),
  ...services("value", 0, "caches of amdgpu's device between host and VRAM hold nothing", "amdgpu_device_flush_hdp"),
];

const NOUVEAU_DEVICE: readonly Service[] = [
  ...services("value", 0, "nouveau's device has no tree of subdevices", "__nvkm_subdev_ctor"),
  ...services("value", 1, "the options that are looked at are on where nobody gives them", "nvkm_boolopt"),
  ...services("value", 0, "no process has an address space on nouveau's device", "nouveau_uvmm_bo_map_all nouveau_uvmm_bo_unmap_all"),
];

export const DRIVERS: readonly Service[] = [
  ...services("value", 0, "the device's bus mastering and its claim to resources have no effect", "pci_enable_device pci_disable_device pci_set_master pci_request_regions pci_release_regions"),
  ...services("value", 0, "one task: there is nobody to yield to, and nobody waits", "__cond_resched __init_waitqueue_head __wake_up"),
  ...services("value", 0, "queued work runs when the operation is over", "drain_workqueue"),
  ...services("value", 0, "time stands still: a delay is over at once", "__const_udelay __udelay msleep"),
  ...services("value", 0, "nobody reads sysfs", "device_create_file device_remove_file"),
  ...services("value", 0, "there is the PAT: no MTRR is added, and nobody else claims the device's memory", "arch_phys_wc_add arch_phys_wc_del iomem_map_sanity_check"),
  ...services("value", 0, "the device has none of the PCI capabilities that drivers look for", "pci_find_capability"),
  ...services("value", 0, "VGA arbitration: there is one device", "vga_client_register"),
  ...VMWGFX,
  ...RADEON_DEVICE,
  ...AMDGPU_DEVICE,
  ...NOUVEAU_DEVICE,
];

/** Names that a module may import without being listed one by one: their calls end the operation. */
export interface Outside {
  /** Names of `ModuleSpec`s. */
  readonly modules: readonly string[];
  readonly names: RegExp;
  readonly reason: string;
}

const QXL: readonly Outside[] = [
  { modules: ["qxl"], names: /^qxl_/, reason: "qxl outside of the carried files: modes, drawing, releases, sharing of buffers" },
  { modules: ["qxl"], names: /^(?:finish_wait|flush_work|init_wait_entry|prepare_to_wait_event)$/, reason: "qxl's device answers at once: nothing waits for it" },
];

const RADEON: readonly Outside[] = [
  { modules: ["radeon"], names: /^(?:radeon_|r\d+_|rv?\d+_|rs\d+_|atom_)/, reason: "radeon outside of the carried files: rings, fences, modes, power, chips, and taking the device down" },
  { modules: ["radeon"], names: /^(?:find_vma|get_user_pages|release_pages)$/, reason: "userptr is not offered by trees" },
  { modules: ["radeon", "amdgpu", "nouveau"], names: /^(?:ioremap_change_attr|pci_iomap|pci_iounmap)$/, reason: "the device has no I/O BAR, and its memory lies above RAM" },
];

const AMDGPU: readonly Outside[] = [
  { modules: ["amdgpu"], names: /^(?:amdgpu_|gmc_v|gfxhub_|mmhub_|athub_|nbio_|umc_)/, reason: "amdgpu outside of the carried files: rings, jobs, GPUVM, registers, firmware, RAS, and taking the device down" },
  { modules: ["amdgpu"], names: /^__put_task_struct$/, reason: "userptr is not offered by trees" },
];

const NOUVEAU: readonly Outside[] = [
  { modules: ["nouveau"], names: /^(?:nouveau_|nvkm_|nvif_|nvk?m_|g[fkmptv]\d+\w*_|nv\d+_|tu\d+_|ga\d+_|mcp\d+_|r535_)/, reason: "nouveau outside of the carried files: channels, fences, the GPU's own page tables, engines, modes, and taking the device down" },
  { modules: ["nouveau"], names: /^(?:ioread|iowrite)(?:8|16|32|64)$/, reason: "buffers in VRAM that the driver itself reads and writes" },
];

const DRM = /^(?:drm_|dma_buf_|noop_llseek$|device_|kernfs_|kobject_)/;

export const OUTSIDE: readonly Outside[] = [
  { modules: ["vmwgfx"], names: /^vmw_/, reason: "vmwgfx outside of the carried files: command submission, objects of the host, modes, ioctls, and taking the device down" },
  ...QXL,
  ...RADEON,
  ...AMDGPU,
  ...NOUVEAU,
  { modules: ["vmwgfx", "qxl", "radeon", "amdgpu", "nouveau"], names: DRM, reason: "DRM's files, ioctls, events and sharing of buffers, named in the drivers' tables" },
  { modules: ["vmwgfx"], names: /^(?:ioread32|iowrite32|devm_ioremap)$/, reason: "SVGA3 has registers in memory; the device is an SVGA II" },
  { modules: ["vmwgfx", "qxl", "radeon", "amdgpu", "nouveau"], names: /^(?:cancel_work_sync|ktime_get_ts64)$/, reason: "taking the device down, and times of events that nobody asks for" },
];
