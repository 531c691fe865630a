/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CBIT_CHIP_H
#define CBIT_CHIP_H

struct amdgpu_device;

/* Software init of a memory controller: DMA mask, sizes, TTM, GART. */
int cbit_gmc6_init(struct amdgpu_device *adev);
int cbit_gmc7_init(struct amdgpu_device *adev);
int cbit_gmc8_init(struct amdgpu_device *adev);
int cbit_gmc9_init(struct amdgpu_device *adev);
int cbit_gmc10_init(struct amdgpu_device *adev);
int cbit_gmc11_init(struct amdgpu_device *adev);
int cbit_gmc12_init(struct amdgpu_device *adev);
/* The register that tells the size of VRAM, in megabytes. */
extern u32 cbit_size_register;
/* engine.c: what is left to do when the rings run. */
void cbit_engine_start(struct amdgpu_device *adev);
/* What the GART's table has at an offset in VRAM. */
u64 *cbit_gart_table(u64 offset);

#endif
