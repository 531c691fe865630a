// SPDX-License-Identifier: MIT
/* What src/tree/guest/common gives to the tree: the count of loops, and memset(). */
unsigned int __attribute__((address_space(1))) cbit_steps;

void micro_reset(void)
{
	cbit_steps = 0;
}

void cbit_endless(void)
{
	__builtin_trap();
}

void *memset(void *to, int byte, unsigned long n)
{
	unsigned char *p = to;

	while (n--)
		*p++ = byte;
	return to;
}
