/* SPDX-License-Identifier: MIT */
/*
 * rusage FILE PROGRAM ARG...: runs a program, writes its wall time and its CPU time in seconds and its peak resident set in KiB to
 * FILE, and exits as it did. The peak is what wait4(2) gives, of the largest process where the program starts others; a program that a large process
 * starts directly would inherit that one's peak, so this one is small.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return t.tv_sec + t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	double start = now(), end;
	pid_t child;
	FILE *out;

	if (argc < 3)
		return 126;
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) < 0)
		return 126;
	end = now();
	out = fopen(argv[1], "w");
	if (!out)
		return 126;
	fprintf(out, "%.6f %.6f %ld\n", end - start, seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss);
	fclose(out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
