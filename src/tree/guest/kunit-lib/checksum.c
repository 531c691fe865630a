// SPDX-License-Identifier: GPL-2.0-only
/* arch/x86/lib's checksums. They are compiled here: kbuild goes through that folder twice at once where a file of it is named. */
#include "csum-partial_64.c"
#include "csum-wrappers_64.c"
