/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CBIT_CONTRACT_IOVA_H
#define CBIT_CONTRACT_IOVA_H

/* Between operations: the allocator of I/O virtual addresses is as if it had made the present ones only. */
void cbit_iova_quiet(void);

#endif
