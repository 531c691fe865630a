/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CBIT_BOUNCE_H
#define CBIT_BOUNCE_H

struct device;
/* The device has its pool; called once it is there. */
void cbit_bounce_attach(struct device *dev);
/* The driver has been probed. */
void cbit_bounce_ready(struct device *dev);
/* Between operations. Returns whether no slot is in use but for the driver's own. */
bool cbit_bounce_quiet(struct device *dev);

#endif
