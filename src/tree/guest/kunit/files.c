// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files without a file system: DRM's anonymous inodes (fs/libfs.c), and shared memory that buffers are swapped out to
 * (mm/shmem.c), which keeps its pages in the mapping as page cache does.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/pagevec.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include "cbit.h"

static struct super_block super;
static struct vfsmount mount = { .mnt_sb = &super };

int simple_pin_fs(struct file_system_type *type, struct vfsmount **to, int *count)
{
	*to = &mount;
	++*count;
	return 0;
}

void simple_release_fs(struct vfsmount **from, int *count)
{
	if (!--*count)
		*from = NULL;
}

struct inode *alloc_anon_inode(struct super_block *s)
{
	struct inode *inode = kzalloc(sizeof(*inode), GFP_KERNEL);

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_mapping = &inode->i_data;
	inode->i_data.host = inode;
	xa_init_flags(&inode->i_data.i_pages, XA_FLAGS_LOCK_IRQ);
	return inode;
}

void iput(struct inode *inode)
{
	kfree(inode);
}

struct file *shmem_file_setup(const char *name, loff_t size, unsigned long flags)
{
	struct inode *inode = alloc_anon_inode(&super);
	struct file *file = IS_ERR(inode) ? NULL : kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return ERR_PTR(-ENOMEM);
	inode->i_size = size;
	file->f_inode = inode;
	file->f_mapping = inode->i_mapping;
	atomic_long_set(&file->f_count, 1);
	return file;
}

/* A page of the file with a reference of the caller's; zeroes where nothing was written. */
static struct page *page_of(struct address_space *mapping, pgoff_t index, gfp_t gfp)
{
	struct page *page = xa_load(&mapping->i_pages, index);

	if ((loff_t)index << PAGE_SHIFT >= mapping->host->i_size)
		return ERR_PTR(-EINVAL);
	if (!page) {
		page = alloc_page(gfp | __GFP_ZERO);
		if (!page)
			return ERR_PTR(-ENOMEM);
		xa_store(&mapping->i_pages, index, page, GFP_KERNEL);
	}
	get_page(page);
	return page;
}

struct folio *shmem_read_folio_gfp(struct address_space *mapping, pgoff_t index, gfp_t gfp)
{
	struct page *page = page_of(mapping, index, gfp);

	return IS_ERR(page) ? ERR_CAST(page) : page_folio(page);
}

struct page *shmem_read_mapping_page_gfp(struct address_space *mapping, pgoff_t index, gfp_t gfp)
{
	return page_of(mapping, index, gfp);
}

static void drop(struct address_space *mapping, unsigned long first, unsigned long last)
{
	struct page *page;
	unsigned long index;

	xa_for_each_range(&mapping->i_pages, index, page, first, last) {
		xa_erase(&mapping->i_pages, index);
		put_page(page);
	}
}

void shmem_truncate_range(struct inode *inode, loff_t start, loff_t end)
{
	drop(inode->i_mapping, start >> PAGE_SHIFT, end >> PAGE_SHIFT);
}

/* mm/truncate.c: nothing is cached of a file that lives in memory. */
unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	return 0;
}

/* mm/swap.c */
void __folio_batch_release(struct folio_batch *batch)
{
	unsigned int i;

	for (i = 0; i < folio_batch_count(batch); i++)
		folio_put(batch->folios[i]);
	batch->nr = 0;
}

void fput(struct file *file)
{
	struct address_space *mapping = file->f_mapping;

	if (!atomic_long_dec_and_test(&file->f_count))
		return;
	drop(mapping, 0, ULONG_MAX);
	xa_destroy(&mapping->i_pages);
	iput(file->f_inode);
	kfree(file);
}
