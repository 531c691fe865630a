// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device's copy engine, as amdgpu_ttm.c uses SDMA: buffers of packets that copy between addresses of the GPU, where the
 * GART's table says what of system memory they mean. Jobs run when they are submitted (amdgpu_job.c, sched_entity.c).
 */
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include "amdgpu.h"
#include "amdgpu_job.h"
#include "amdgpu_ttm.h"
#include "bar.h"
#include "cbit.h"
#include "chip.h"
#include "driver.h"

/* Of each packet: from, to, bytes. */
#define PACKET_WORDS 5
#define IB_WORDS (8 + 2 * AMDGPU_GTT_MAX_TRANSFER_SIZE)
/* Where the GPU finds buffers of packets: in none of its apertures. */
#define IB_ADDRESS (1ULL << 60)

static struct amdgpu_ring ring;
static u32 words[IB_WORDS];
static bool busy;

static void emit_copy(struct amdgpu_ib *ib, u64 from, u64 to, u32 bytes, u32 flags)
{
	u32 *packet = ib->ptr + ib->length_dw;

	packet[0] = lower_32_bits(from);
	packet[1] = upper_32_bits(from);
	packet[2] = lower_32_bits(to);
	packet[3] = upper_32_bits(to);
	packet[4] = bytes;
	ib->length_dw += PACKET_WORDS;
}

static void pad(struct amdgpu_ring *ring, struct amdgpu_ib *ib)
{
}

static const struct amdgpu_buffer_funcs engine = {
	.copy_max_bytes = 1 << 22,
	.copy_num_dw = PACKET_WORDS,
	.emit_copy_buffer = emit_copy,
};

static const struct amdgpu_ring_funcs ring_funcs = { .pad_ib = pad };

/* sdma_v4_0_set_buffer_funcs(), and what amdgpu_device_init() does when the rings run */
void cbit_engine_start(struct amdgpu_device *adev)
{
	/* Its fence of work that is over is there from now on. */
	dma_fence_put(dma_fence_get_stub());
	ring.adev = adev;
	ring.funcs = &ring_funcs;
	ring.sched.ready = true;
	adev->mman.buffer_funcs = &engine;
	adev->mman.buffer_funcs_ring = &ring;
	amdgpu_ttm_set_buffer_funcs_status(adev, true);
}

int drm_sched_entity_init(struct drm_sched_entity *entity, enum drm_sched_priority priority, struct drm_gpu_scheduler **list,
			  unsigned int count, atomic_t *guilty)
{
	return 0;
}

int drm_sched_job_add_resv_dependencies(struct drm_sched_job *job, struct dma_resv *resv, enum dma_resv_usage usage)
{
	if (!dma_resv_test_signaled(resv, usage))
		cbit_stop("amdgpu: a copy waits for work that is not over", "");
	return 0;
}

int amdgpu_job_alloc_with_ib(struct amdgpu_device *adev, struct drm_sched_entity *entity, void *owner, size_t size,
			     enum amdgpu_ib_pool_type pool, struct amdgpu_job **job, u64 id)
{
	if (busy || size > sizeof(words))
		cbit_stop("amdgpu: more jobs at once than the copy engine has buffers for", "");
	*job = kzalloc(struct_size(*job, ibs, 1), GFP_KERNEL);
	if (!*job)
		return -ENOMEM;
	busy = true;
	(*job)->num_ibs = 1;
	(*job)->ibs[0].ptr = words;
	(*job)->ibs[0].gpu_addr = IB_ADDRESS;
	return 0;
}

void amdgpu_job_free(struct amdgpu_job *job)
{
	memset(words, 0, sizeof(words));
	busy = false;
	kfree(job);
}

static bool is_vram(struct amdgpu_device *adev, u64 at)
{
	return at >= adev->gmc.vram_start && at <= adev->gmc.vram_end;
}

/* The entry of the GART's table for an address. */
static u64 gart_entry(struct amdgpu_device *adev, u64 at)
{
	if (at < adev->gmc.gart_start || at > adev->gmc.gart_end)
		cbit_stop("amdgpu: the copy engine is told an address that means nothing to the GPU", "");
	return cbit_gart_table(amdgpu_bo_gpu_offset(adev->gart.bo) - adev->gmc.vram_start)[(at - adev->gmc.gart_start) >> AMDGPU_GPU_PAGE_SHIFT];
}

static void transfer(struct amdgpu_device *adev, u64 from, u64 to)
{
	bool to_vram = is_vram(adev, to);
	u64 vram = to_vram ? to : from, entry = gart_entry(adev, to_vram ? from : to);

	if (!is_vram(adev, vram) || !(entry & AMDGPU_PTE_VALID) || !(entry & AMDGPU_PTE_SYSTEM))
		cbit_stop("amdgpu: the copy engine copies between VRAM and system memory only", "");
	cbit_copy_page(entry & 0x0000fffffffff000ULL, PHYS_PFN(adev->gmc.aper_base + vram - adev->gmc.vram_start), to_vram);
}

struct dma_fence *amdgpu_job_submit(struct amdgpu_job *job)
{
	struct amdgpu_device *adev = ring.adev;
	u32 at;

	for (at = 0; at < job->ibs[0].length_dw; at += PACKET_WORDS) {
		const u32 *packet = words + at;
		u64 from = packet[0] | (u64)packet[1] << 32, to = packet[2] | (u64)packet[3] << 32, done;

		/* amdgpu_ttm_map_buffer: entries of a window of the GART. */
		if (from >= IB_ADDRESS)
			memcpy((char *)cbit_gart_table(to - adev->gmc.vram_start), (char *)words + (from - IB_ADDRESS), packet[4]);
		else
			for (done = 0; done < packet[4]; done += AMDGPU_GPU_PAGE_SIZE)
				transfer(adev, from + done, to + done);
	}
	amdgpu_job_free(job);
	return dma_fence_get_stub();
}
