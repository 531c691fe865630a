/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CBIT_NOUVEAU_H
#define CBIT_NOUVEAU_H

struct nouveau_channel;
struct ttm_buffer_object;
struct ttm_resource;
/* The copy engine, as nouveau_drm.ttm.move. */
int cbit_engine_copy(struct nouveau_channel *chan, struct ttm_buffer_object *bo, struct ttm_resource *from, struct ttm_resource *to);

#endif
