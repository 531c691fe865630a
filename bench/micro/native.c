// SPDX-License-Identifier: MIT
/* Rounds as a program: prints the sum, and the seconds of all rounds but the first. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

unsigned long work_round(unsigned long seed);

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 1, i;
	unsigned long sum = work_round(1);
	double start = now();

	for (i = 2; i <= rounds; i++)
		sum += work_round(i);
	printf("%lu %.9f\n", sum, now() - start);
	return 0;
}
