// SPDX-License-Identifier: MIT
/*
 * What kernel code does most, in one file without headers: walks lists, probes a hash table, sorts a list, sets and
 * counts bits of page-table-like words. Compiled for the machine, for lli, and the way that a kernel file is.
 */
typedef unsigned int u32;
typedef unsigned long u64;

#define NODES (1u << 14)
#define BUCKETS (1u << 12)

struct node {
	struct node *next, *chain;
	u64 key, value;
};

static struct node nodes[NODES];
static struct node *buckets[BUCKETS];
static u64 table[512 * 32];

static u64 next_random(u64 *state)
{
	u64 x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return *state = x;
}

/* A cycle through all nodes in an order without a pattern. */
static struct node *tangle(u64 seed)
{
	static u32 order[NODES];
	u64 state = seed | 1;
	u32 i;

	for (i = 0; i < NODES; i++)
		order[i] = i;
	for (i = NODES - 1; i > 0; i--) {
		u32 j = next_random(&state) % (i + 1), kept = order[i];

		order[i] = order[j];
		order[j] = kept;
	}
	for (i = 0; i < NODES; i++) {
		struct node *n = &nodes[order[i]];

		n->next = &nodes[order[(i + 1) % NODES]];
		n->key = next_random(&state);
		n->value = i;
	}
	return &nodes[order[0]];
}

static u64 chase(struct node *n, u32 steps)
{
	u64 sum = 0;

	while (steps--) {
		sum += n->key ^ steps;
		n = n->next;
	}
	return sum;
}

static u64 probe(void)
{
	u64 found = 0;
	u32 i;

	for (i = 0; i < BUCKETS; i++)
		buckets[i] = 0;
	for (i = 0; i < NODES; i++) {
		struct node **head = &buckets[(nodes[i].key * 0x61c8864680b583ebUL) >> 52];

		nodes[i].chain = *head;
		*head = &nodes[i];
	}
	for (i = 0; i < NODES; i++) {
		u64 key = nodes[i].key;
		struct node *n = buckets[(key * 0x61c8864680b583ebUL) >> 52];

		while (n->key != key)
			n = n->chain;
		found += n->value;
	}
	return found;
}

static struct node *merge(struct node *a, struct node *b)
{
	struct node head = { 0 }, *tail = &head;

	while (a && b) {
		struct node **least = a->key < b->key ? &a : &b;

		tail->chain = *least;
		tail = *least;
		*least = (*least)->chain;
	}
	tail->chain = a ? a : b;
	return head.chain;
}

static u64 sort(void)
{
	struct node *pending[32] = { 0 }, *all = 0;
	u64 sum = 0, place = 1;
	u32 i, level;

	for (i = 0; i < NODES; i++) {
		struct node *run = &nodes[i];

		run->chain = 0;
		for (level = 0; pending[level]; level++) {
			run = merge(pending[level], run);
			pending[level] = 0;
		}
		pending[level] = run;
	}
	for (level = 0; level < 32; level++)
		all = merge(pending[level], all);
	for (; all; all = all->chain)
		sum += all->key * place++;
	return sum;
}

static u64 entries(u64 mask)
{
	u64 present = 0;
	u32 i;

	for (i = 0; i < 512 * 32; i++)
		table[i] = ((u64)i << 12) | 0x63 | (i & 7 ? mask : 0);
	for (i = 0; i < 512 * 32; i++)
		if (table[i] & 1 && (table[i] & ~mask) >> 12 == i)
			present += table[i] & mask ? 2 : 1;
	return present;
}

/* One round of all four; below the number of loops that one operation of a tree may take. */
u64 work_round(u64 seed)
{
	struct node *n = tangle(seed);

	return chase(n, 400000) + probe() + sort() + entries(1UL << 47);
}
