// SPDX-License-Identifier: GPL-2.0-only
/* The memory controller of GFX6. The tree's file is part of this one, since gmc_v6_0_sw_init() is static there. */
#include "gmc_v6_0.c"
#include "chip.h"

int cbit_gmc6_init(struct amdgpu_device *adev)
{
	cbit_size_register = mmCONFIG_MEMSIZE;
	gmc_v6_0_set_gmc_funcs(adev);
	return gmc_v6_0_sw_init(adev);
}
