// SPDX-License-Identifier: GPL-2.0-only
/* mm/shmem.c, fs/file_table.c: files without a name whose pages are there once they were read. Nobody swaps them out. */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include "cbit.h"
#include "inject.h"

struct cbit_shmem {
	struct file file;
	struct address_space mapping;
	unsigned long count;
	struct page *pages[];
};

struct file *shmem_file_setup(const char *name, loff_t size, unsigned long flags)
{
	unsigned long count = PFN_UP(size);
	struct cbit_shmem *shmem;

	if (cbit_inject(CBIT_SHMEM_FILE_SETUP))
		return ERR_PTR(-ENOMEM);
	shmem = kzalloc(struct_size(shmem, pages, count), GFP_KERNEL);
	shmem->count = count;
	shmem->file.f_mapping = &shmem->mapping;
	mapping_set_gfp_mask(&shmem->mapping, GFP_HIGHUSER_MOVABLE);
	return &shmem->file;
}

/* One reference is the file's, one the caller's. */
struct page *shmem_read_mapping_page_gfp(struct address_space *mapping, pgoff_t index, gfp_t gfp)
{
	struct cbit_shmem *shmem = container_of(mapping, struct cbit_shmem, mapping);

	if (index >= shmem->count)
		return ERR_PTR(-EIO);
	if (!shmem->pages[index]) {
		/* A new page is cleared. */
		shmem->pages[index] = alloc_page(gfp | __GFP_ZERO);
		if (!shmem->pages[index])
			return ERR_PTR(-ENOMEM);
	}
	get_page(shmem->pages[index]);
	return shmem->pages[index];
}

void fput(struct file *file)
{
	struct cbit_shmem *shmem = container_of(file, struct cbit_shmem, file);
	unsigned long i;

	for (i = 0; i < shmem->count; i++)
		if (shmem->pages[i])
			put_page(shmem->pages[i]);
	kfree(shmem);
}
