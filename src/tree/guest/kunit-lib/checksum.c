// SPDX-License-Identifier: GPL-2.0-only
/*
 * arch/x86/lib's checksums, where there is a suite of them. They are compiled here: kbuild goes through that folder twice at once where a
 * file of it is named.
 */
#include "compat.h"

#if CBIT_SINCE(6, 3)
#include "csum-partial_64.c"
#include "csum-wrappers_64.c"
#endif
