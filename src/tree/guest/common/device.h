/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CBIT_DEVICE_H
#define CBIT_DEVICE_H

struct device;
struct device *cbit_device(void);
void cbit_device_init(void);

#endif
