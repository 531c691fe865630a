// SPDX-License-Identifier: GPL-2.0-only
/* The memory controller of GFX8. The tree's file is part of this one, since gmc_v8_0_sw_init() is static there. */
#include "gmc_v8_0.c"
#include "chip.h"

int cbit_gmc8_init(struct amdgpu_device *adev)
{
	cbit_size_register = mmCONFIG_MEMSIZE;
	gmc_v8_0_set_gmc_funcs(adev);
	return gmc_v8_0_sw_init(adev);
}
