// SPDX-License-Identifier: GPL-2.0-only
/* Directories of sysfs (fs/sysfs/dir.c): nobody reads them, but two objects of one parent cannot have the same name. */
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include "cbit.h"

struct directory {
	struct list_head list;
	struct kobject *object;
};

static LIST_HEAD(directories);

int sysfs_create_dir_ns(struct kobject *object, const void *ns)
{
	struct directory *directory;

	list_for_each_entry(directory, &directories, list)
		if (directory->object->parent == object->parent && !strcmp(kobject_name(directory->object), kobject_name(object))) {
			pr_warn("sysfs: cannot create duplicate filename '%s'\n", kobject_name(object));
			return -EEXIST;
		}
	directory = kzalloc(sizeof(*directory), GFP_KERNEL);
	if (!directory)
		return -ENOMEM;
	directory->object = object;
	list_add(&directory->list, &directories);
	return 0;
}

void sysfs_remove_dir(struct kobject *object)
{
	struct directory *directory;

	list_for_each_entry(directory, &directories, list)
		if (directory->object == object) {
			list_del(&directory->list);
			kfree(directory);
			return;
		}
}
