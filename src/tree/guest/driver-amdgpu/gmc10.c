// SPDX-License-Identifier: GPL-2.0-only
/* The memory controller of GFX10. The tree's file is part of this one, since gmc_v10_0_sw_init() is static there. */
#include "gmc_v10_0.c"
#include "chip.h"

int cbit_gmc10_init(struct amdgpu_device *adev)
{
	gmc_v10_0_set_gmc_funcs(adev);
	return gmc_v10_0_sw_init(adev);
}
