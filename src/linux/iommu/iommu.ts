// SPDX-License-Identifier: MIT
/**
 * drivers/iommu/iommu.c and drivers/iommu/amd/iommu.c: which domain a device gets by default. A machine of ours names its mode;
 * this says what a kernel would have chosen by itself, and what of it a command line overrides.
 */

/** What is known when the kernel chooses. */
export interface DefaultDomain {
  /** CC_ATTR_MEM_ENCRYPT. */
  readonly memEncrypt: boolean;
  /** CONFIG_IOMMU_DEFAULT_PASSTHROUGH. */
  readonly configPassthrough: boolean;
  /** `iommu=pt` (or iommu.passthrough=1), `iommu=nopt` (or =0), or neither. */
  readonly commandLine: "pt" | "nopt" | null;
  readonly untrusted: boolean;
  /** The device has a PASID, as AMD's GPUs have. */
  readonly pasid: boolean;
  /** SNP is enabled on this host. */
  readonly snpHost: boolean;
}

/**
 * The default of the whole system. Memory encryption overrules the configuration, never the command line.
 * @ref drivers/iommu/iommu.c:192-205 (iommu_subsys_init)
 */
export function iommu_default_passthrough(d: DefaultDomain): boolean {
  if (d.commandLine !== null) return d.commandLine === "pt";
  return d.configPassthrough && !d.memEncrypt;
}

/** What AMD's driver asks for, whatever the default; null for no wish. @ref drivers/iommu/amd/iommu.c:3024-3050 (amd_iommu_def_domain_type) */
export function amd_iommu_def_domain_type(d: DefaultDomain): "translated" | "identity" | null {
  if (d.untrusted) return "translated";
  return d.pasid && !d.memEncrypt && !d.snpHost ? "identity" : null;
}

/** The domain that a device behind AMD-Vi gets. @ref drivers/iommu/iommu.c:1726-1775 (iommu_get_default_domain_type) */
export function default_domain_type(d: DefaultDomain): "translated" | "identity" {
  return amd_iommu_def_domain_type(d) ?? (iommu_default_passthrough(d) ? "identity" : "translated");
}
