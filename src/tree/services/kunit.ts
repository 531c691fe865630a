// SPDX-License-Identifier: MIT
/** What modules with KUnit suites need besides. */

import { type Service, services } from "./service.ts";

export const KUNIT: readonly Service[] = [
  ...services("host", 0, "a kernel thread runs inside the one that waits, and may end in the midst of its calls", "cbit_thread_run cbit_thread_exit"),
  ...services("value", 0, "devices of suites have no node of ACPI or a device tree", "acpi_device_notify acpi_device_notify_remove acpi_driver_match_device is_acpi_device_node of_match_device software_node_notify software_node_notify_remove"),
  ...services("value", 0, "nobody reads sysfs, debugfs or uevents", "sysfs_delete_link"),
  ...services("value", 0, "taints and dumps are for people", "add_taint kmem_dump_obj"),
  ...services("value", 0, "drivers are probed by whoever registers them: nothing is probed in the background", "async_synchronize_full"),
  ...services("unreached", 0, "drivers are probed by whoever registers them: nothing is probed in the background", "async_schedule_dev_nocall"),
  ...services("unreached", 0, "devices of suites have no node of ACPI or a device tree", `acpi_device_modalias acpi_device_uevent_modalias acpi_dma_configure_id acpi_get_dma_attr
    acpi_get_physical_device_location of_device_modalias of_device_uevent of_device_uevent_modalias of_dma_configure_id fwnode_get_next_available_child_node fwnode_get_next_parent fwnode_get_parent
    fwnode_get_next_parent_dev fwnode_is_ancestor_of`),
  ...services("unreached", 0, "nobody reads sysfs, debugfs or uevents", "add_uevent_var kobject_synth_uevent"),
  ...services("value", 0, "devices of suites have no node of ACPI or a device tree", "of_clk_set_defaults"),
  ...services("unreached", 0, "few CPUs: sleepable RCU keeps no tree of them (kernel/rcu/srcutree.c init_srcu_struct_fields)", "rcu_init_geometry"),
  ...services("unreached", 0, "no device is unplugged: nobody waits until the readers of sleepable RCU are done", "rcu_gp_is_expedited rcu_gp_is_normal"),
  ...services("unreached", 0, "there is no user space", "cbit_user_limit cbit_user_access"),
  ...services("value", 0, "there are no interrupts that could have left work for later", "__local_bh_enable_ip"),
  ...services("unreached", 0, "drivers are probed by whoever registers them: nothing is probed in the background", "async_schedule_node mod_delayed_work_on"),
  ...services("unreached", 0, "TTM's suites set no mode", `drm_atomic_helper_check_plane_damage drm_atomic_normalize_zpos drm_atomic_set_crtc_for_connector drm_atomic_set_mode_prop_for_crtc
    drm_calc_timestamping_constants drm_connector_get_single_encoder drm_crtc_mode_valid drm_crtc_next_vblank_start drm_crtc_send_vblank_event
    drm_crtc_vblank_count drm_crtc_vblank_get drm_crtc_vblank_put drm_dev_has_vblank drm_encoder_mode_valid drm_gem_plane_helper_prepare_fb
    drm_self_refresh_helper_alter_state drm_self_refresh_helper_update_avg_times drm_writeback_prepare_job`),
  ...services("unreached", 0, "no file system is mounted", "init_pseudo kill_anon_super"),
  ...services("value", 0, "no device file is opened", "__register_chrdev __unregister_chrdev"),
  ...services("unreached", 0, "no device file is opened", "noop_llseek"),
  ...services("value", 0, "devices of suites have no node of ACPI or a device tree", "register_acpi_bus_type unregister_acpi_bus_type"),
  ...services("unreached", 0, "no buffer is shared with another driver", "dma_buf_detach dma_buf_mmap dma_buf_put dma_buf_unmap_attachment_unlocked dma_buf_vmap dma_buf_vunmap"),
  ...services("value", 0, "no bus is driven", "i2c_add_adapter i2c_del_adapter"),
  ...services("value", 0, "page flags of shared memory: nobody writes it back", "folio_mark_accessed folio_mark_dirty check_move_unevictable_folios"),
  ...services("value", 0, "nobody reads sysfs, debugfs or uevents", "kobject_uevent_env"),
  ...services("value", 0, "there are no processes", "put_pid"),
  ...services("unreached", 0, "there is no user space", "vmf_insert_pfn"),
];
