// SPDX-License-Identifier: MIT
/**
 * The C of a reproducer, part by part. A part brings other parts, headers, and members of the test's two structures; a test has those that
 * its operations need. The text is cbit's own, for the kernel: tests are written under GPL-2.0-only.
 */

export interface Part {
  readonly name: string;
  readonly needs?: readonly string[];
  /** Headers, as in an #include. */
  readonly headers?: readonly string[];
  /** Members of `struct finding`, and of `struct buffer`. */
  readonly finding?: readonly string[];
  readonly buffer?: readonly string[];
  /** Statements of the suite's start, of its end, and of the end of a buffer: in the order of the parts, ends the other way round. */
  readonly init?: string;
  readonly exit?: string;
  readonly end?: string;
  /** Functions. */
  readonly code?: string;
}

/** The parts that are meant and what they need, in the order of the table. */
export function chosen(parts: readonly Part[], names: ReadonlySet<string>): Part[] {
  const all = new Set(names);
  for (let size = -1; size !== all.size; ) {
    size = all.size;
    for (const part of parts) if (all.has(part.name)) for (const need of part.needs ?? []) all.add(need);
  }
  return parts.filter((part) => all.has(part.name));
}

/** Lines with each tab as the kernel's style has them: templates are written with tabs. */
const text = (code: string): string => code.replace(/^\n/, "").trimEnd();

/** Parts that tests have wherever they lie. @param flush the function that writes lines of a cache back, and its header */
export function commonParts(flush: { readonly call: string; readonly header: string }): readonly Part[] {
  return [
    {
      name: "attribute",
      headers: ["linux/pgtable.h"],
      code: text(`
/* Whether the kernel reads and writes at an address with a key. */
static bool is_encrypted(void *addr)
{
	bool encrypted = false;
#ifdef CONFIG_X86
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)addr, &level);
	pgprot_t prot;

	if (pte) {
		prot = __pgprot(pte_flags(*pte) | (pte_val(*pte) & cc_mask()));
		encrypted = pgprot_val(pgprot_decrypted(prot)) != pgprot_val(prot);
	}
#endif
	return encrypted;
}`),
    },
    {
      name: "block",
      headers: ["linux/string.h"],
      code: text(`
/* What is written and read: a block of the memory's encryption. */
#define BLOCK 16

static void fill(u8 *block, unsigned int value)
{
	memset(block, 0xa0 + value, BLOCK);
}`),
    },
    {
      name: "cpu",
      needs: ["block"],
      headers: [flush.header],
      code: text(`
/* The line is written back: the device's accesses are coherent. */
static void cpu_write(void *at, unsigned int value)
{
	u8 block[BLOCK];

	fill(block, value);
	memcpy(at, block, BLOCK);
	${flush.call}(at, BLOCK);
}`),
    },
    {
      name: "cpu-read",
      needs: ["block"],
      headers: [flush.header],
      code: text(`
static void cpu_read(void *at, u8 *block)
{
	${flush.call}(at, BLOCK);
	memcpy(block, at, BLOCK);
}`),
    },
    {
      name: "expect",
      needs: ["block"],
      code: text(`
static void expect(struct kunit *test, const u8 *seen, unsigned int value)
{
	u8 written[BLOCK];

	fill(written, value);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(seen, written, BLOCK), 0,
			    "written was %16ph, read is %16ph", written, seen);
}`),
    },
  ];
}
