// SPDX-License-Identifier: GPL-2.0-only
/* The memory controller of GFX12. The tree's file is part of this one, since gmc_v12_0_sw_init() is static there. */
#include "gmc_v12_0.c"
#include "chip.h"

int cbit_gmc12_init(struct amdgpu_device *adev)
{
	gmc_v12_0_set_gmc_funcs(adev);
	return gmc_v12_0_sw_init(adev);
}
