// SPDX-License-Identifier: GPL-2.0-only
/* The options, and their setters: cbit_set_NAME(). */
#include "options.h"

#define CBIT_DEFINE(name)		\
	u32 cbit_opt_##name;		\
	void cbit_set_##name(u32 value)	\
	{				\
		cbit_opt_##name = value;	\
	}
CBIT_OPTIONS(CBIT_DEFINE)
