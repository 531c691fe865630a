// SPDX-License-Identifier: MIT
/** What every module needs of the world. */

import { type Service, services } from "./service.ts";

const EINVAL = -22;

const HOST: readonly Service[] = [
  ...services("host", 0, "page contents are the machine's: reached through its page tables, with the C-bit that it finds there", "cbit_data_set cbit_data_copy"),
  ...services("host", 0, "cache and TLB maintenance is the machine's", "cbit_clflush cbit_wbinvd cbit_flush_tlb cbit_invlpg cbit_write_cr3"),
  ...services("host", 0, "flushes of the TLB are counted, whatever number of pages each is for", "cbit_flushed"),
  ...services("host", 0, "WARN and BUG are events with the kernel's file and line", "cbit_bug"),
  ...services("host", 0, "calls of chosen functions, for the story of a counterexample", "cbit_trace"),
  ...services("host", 0, "the kernel's log, formatted by the tree's own vsnprintf", "cbit_log"),
  ...services("host", 0, "a kernel that cannot go on ends the operation", "cbit_stop cbit_halt"),
];

const VALUES: readonly Service[] = [
  ...services("value", 0, "time stands still: runs repeat bit for bit", "ktime_get __msecs_to_jiffies"),
  ...services("value", 0, "timers and delayed work never become due in a run", "init_timer_key timer_delete_sync del_timer_sync mod_timer cancel_delayed_work_sync"),
  ...services("value", 1, "timers and delayed work never become due in a run", "queue_delayed_work_on"),
  ...services("value", 0, "one CPU, always online", "__cpuhp_setup_state __cpuhp_state_add_instance __cpuhp_state_remove_instance"),
  ...services("value", 0, "nobody reads sysfs, debugfs or uevents", "sysfs_create_file_ns sysfs_create_link sysfs_create_link_nowarn sysfs_remove_link sysfs_remove_file_ns sysfs_create_groups sysfs_remove_groups sysfs_create_dir_ns sysfs_remove_dir kobject_uevent kernfs_get kernfs_put"),
  ...services("value", 0, "nobody listens to the bus", "bus_register_notifier"),
  ...services("value", 0, "the device has no firmware node", "__dev_fwnode"),
  ...services("value", EINVAL, "the device has no firmware properties", "device_property_read_u32_array"),
  ...services("value", 0, "cbit attaches the IOMMU itself (guest/x86/iommu.c)", "amd_iommu_detect"),
  ...services("value", 0, "text for the log only", "sev_show_status dump_stack_lvl"),
  ...services("value", 0, "no SVSM on this platform", "snp_update_svsm_ca"),
  ...services("value", 1, "the device stays plugged in", "drm_dev_enter"),
  ...services("value", 0, "the device stays plugged in", "drm_dev_exit"),
  ...services("value", 0, "nobody else waits for locks", "wake_q_add wake_q_add_safe wake_up_q"),
  ...services("value", 0, "page flags of shared memory: nobody writes it back", "set_page_dirty mark_page_accessed"),
];

const UNREACHED: readonly Service[] = [
  ...services("unreached", 0, "swapping out is not part of any operation yet", "shmem_read_folio_gfp"),
  ...services("unreached", 0, "drm_device teardown", "__drmm_add_action_or_reset __drmm_add_action"),
  ...services("unreached", 0, "fence callbacks from interrupts", "irq_work_queue"),
  ...services("unreached", 0, "named by initialisers of timers and function tables", "delayed_work_timer_fn"),
  ...services("unreached", 0, "SVA", "__mmdrop"),
  ...services("unreached", 0, "there is no device tree: only devices with a node of it ask", "of_device_is_available of_find_matching_node_and_match of_find_property of_prop_next_string of_property_read_string"),
  ...services("unreached", 0, "sysfs reads", "sysfs_emit sysfs_emit_at"),
  ...services("unreached", 0, "printk formats that no message uses", "siphash_1u64 fwnode_get_name time64_to_tm fwnode_count_parents fwnode_get_nth_parent fwnode_get_name_prefix"),
  ...services("unreached", 0, "debugging of managed resources", "_dev_printk"),
  ...services("unreached", 0, "the hardware's own bring-up, named in x86_init's tables (arch/x86/kernel/x86_init.c)", `cbit_port_in cbit_port_out probe_roms
    reserve_standard_io_resources e820__memory_setup_default mpparse_find_mptable mpparse_parse_early_smp_config
    mpparse_parse_smp_config init_ISA_irqs native_init_IRQ apic_intr_mode_select apic_intr_mode_init
    native_create_pci_msi_domain default_banner paging_init setup_boot_APIC_clock hpet_time_init pci_acpi_init pcibios_irq_init
    pcibios_fixup_irqs x86_default_set_root_pointer x86_default_get_root_pointer acpi_generic_reduced_hw_init
    setup_secondary_APIC_clock native_calibrate_cpu_early native_calibrate_tsc mach_get_cmos_time mach_set_cmos_time
    tsc_save_sched_clock_state tsc_restore_sched_clock_state reserve_real_mode init_real_mode`),
];

export const BASE: readonly Service[] = [...HOST, ...VALUES, ...UNREACHED];
