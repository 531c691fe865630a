/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CBIT_VMWGFX_H
#define CBIT_VMWGFX_H

struct vmw_private;
struct vmw_private *cbit_vmw(void);

#endif
