// SPDX-License-Identifier: MIT
/**
 * What tests of every folder stand on: the device whose DMA is meant, what it reads and writes, and what the CPU does. The C is
 * cbit's own, written for the kernel: tests come out under GPL-2.0-only.
 */

import { c, type Part } from "./part.ts";

/** What decides how the device's DMA goes. */
export interface DmaSituation {
  readonly translated: boolean;
  readonly untrusted: boolean;
  /** A restricted-dma-pool of its own. */
  readonly restricted: boolean;
  /** swiotlb=force. */
  readonly bounced: boolean;
}

/** The condition on a `struct pci_dev *pdev`, and what it says. */
function condition({ translated, untrusted, restricted, bounced }: DmaSituation): readonly string[] {
  return [
    "!pdev->dev.driver",
    "pdev->dev.dma_mask",
    untrusted ? "pdev->untrusted" : "!pdev->untrusted",
    translated ? "is_translated(&pdev->dev)" : "!is_translated(&pdev->dev)",
    restricted ? "is_swiotlb_for_alloc(&pdev->dev)" : "!is_swiotlb_for_alloc(&pdev->dev)",
    ...(bounced ? ["is_swiotlb_force_bounce(&pdev->dev)"] : []),
  ];
}

/** "without an IOMMU domain that translates", for messages. */
export function situationText({ translated, untrusted, restricted, bounced }: DmaSituation): string {
  const pool = restricted ? ", with a restricted pool" : bounced ? ", with swiotlb=force" : "";
  return `${untrusted ? "untrusted and " : ""}${translated ? "with translated DMA" : "without translated DMA"}${pool}`;
}

/** @param maskBits, coherentBits of the device */
export function commonParts(situation: DmaSituation, maskBits: number, coherentBits: number): readonly Part[] {
  return [
    {
      name: "device",
      headers: ["linux/dma-mapping.h", "linux/iommu.h", "linux/pci.h", "linux/swiotlb.h"],
      finding: ["struct pci_dev *pdev;", "struct device *dev;", "u64 mask, coherent_mask;"],
      code: c(`
static bool is_translated(struct device *dev)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(dev);

	return domain && domain->type != IOMMU_DOMAIN_IDENTITY;
}

/*
 * A PCI device without a driver, whose DMA goes where that of the finding's
 * device does. Memory is mapped for it; nobody ever has it use that.
 */
static struct pci_dev *idle_device(void)
{
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev)
		if (${condition(situation).join(" &&\n\t\t    ")})
			return pdev;
	return NULL;
}`),
      init: c(`
	f->pdev = idle_device();
	if (!f->pdev)
		kunit_skip(test,
			   "no idle PCI device ${situationText(situation)}");
	f->dev = &f->pdev->dev;
	f->mask = dma_get_mask(f->dev);
	f->coherent_mask = f->dev->coherent_dma_mask;
	KUNIT_ASSERT_EQ(test, dma_set_mask(f->dev, DMA_BIT_MASK(${maskBits})), 0);
	KUNIT_ASSERT_EQ(test, dma_set_coherent_mask(f->dev, DMA_BIT_MASK(${coherentBits})), 0);`),
      exit: c(`
	if (f->pdev) {
		dma_set_coherent_mask(f->dev, f->coherent_mask);
		dma_set_mask(f->dev, f->mask);
		pci_dev_put(f->pdev);
	}`),
    },
    {
      name: "attribute",
      headers: ["linux/pgtable.h"],
      code: c(`
/* Whether the CPU uses a key at this address of the kernel's. */
static bool is_encrypted(const void *addr)
{
#ifdef CONFIG_X86
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)addr, &level);
	pgprot_t prot = pte ? pte_pgprot(*pte) : __pgprot(0);

	return pgprot_val(pgprot_decrypted(prot)) != pgprot_val(prot);
#else
	return false;
#endif
}`),
    },
    {
      name: "caching",
      headers: ["linux/pgtable.h"],
      code: c(`
/* The cache type of an address of the kernel's; UC- is as good as UC for memory. */
static unsigned long cache_type(const void *addr)
{
#ifdef CONFIG_X86
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)addr, &level);
	unsigned long bits = pte ? pte_flags(*pte) & (_PAGE_PWT | _PAGE_PCD) : 0;

	return bits & _PAGE_PCD ? _PAGE_PCD : bits;
#else
	return 0;
#endif
}`),
    },
    {
      name: "device-page",
      needs: ["device", "attribute"],
      headers: ["linux/cc_platform.h", "linux/dma-direct.h", "linux/mem_encrypt.h", "linux/mm.h"],
      code: c(`
/*
 * The page behind a DMA address, and whether the memory controller uses a key
 * for the device there. On a host the address decides, or the IOMMU's entry,
 * which has the C-bit for all memory; the device of a guest has no key.
 */
static struct page *device_page(struct finding *f, dma_addr_t dma, bool *encrypted)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(f->dev);
	phys_addr_t phys;
	dma_addr_t plain;

	*encrypted = false;
	if (is_translated(f->dev)) {
		phys = iommu_iova_to_phys(domain, dma);
		*encrypted = cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT);
	} else {
		/* The device has so many address lines. */
		dma &= dma_get_mask(f->dev);
		plain = __sme_clr(dma);
		phys = dma_to_phys(f->dev, dma);
		if (cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT))
			*encrypted = plain != dma;
	}
	return phys ? pfn_to_page(PHYS_PFN(phys)) : NULL;
}`),
    },
    {
      name: "device-attribute",
      needs: ["device-page"],
      code: c(`
static bool device_encrypted(struct kunit *test, dma_addr_t dma)
{
	bool encrypted;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, device_page(test->priv, dma, &encrypted));
	return encrypted;
}`),
    },
    {
      name: "block",
      headers: ["linux/string.h", "asm/cacheflush.h"],
      code: c(`
/* What is written and read at a time: a block of the memory's encryption. */
#define BLOCK 16

/* DMA is coherent: lines are in memory for whoever reads it next. */
static void flush(void *at)
{
#ifdef CONFIG_X86
	clflush_cache_range(at, BLOCK);
#endif
}

static void fill(u8 *block, unsigned int value)
{
	unsigned int i;

	for (i = 0; i < BLOCK; i++)
		block[i] = 16 * value + i;
}`),
    },
    {
      name: "cpu-write",
      needs: ["block"],
      code: c(`
static void cpu_write(void *at, unsigned int value)
{
	u8 block[BLOCK];

	fill(block, value);
	memcpy(at, block, BLOCK);
	flush(at);
}`),
    },
    {
      name: "cpu-read",
      needs: ["block"],
      code: c(`
static void cpu_read(void *at, u8 *block)
{
	flush(at);
	memcpy(block, at, BLOCK);
}`),
    },
    {
      name: "device-map",
      needs: ["device-page", "attribute"],
      headers: ["linux/vmalloc.h"],
      code: c(`
/* The page as the device reaches it: with a key or without. */
static void *device_map(struct kunit *test, dma_addr_t dma)
{
	bool encrypted;
	struct page *page = device_page(test->priv, dma, &encrypted);
	void *at;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	/* The platform stops such an access, and may stop the guest. */
	if (cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT))
		KUNIT_ASSERT_FALSE_MSG(test, is_encrypted(page_address(page)),
				       "the device is given private memory");
	at = vmap(&page, 1, VM_MAP, encrypted ? pgprot_encrypted(PAGE_KERNEL) :
						pgprot_decrypted(PAGE_KERNEL));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, at);
	return at + offset_in_page(dma);
}

static void device_unmap(void *at)
{
	vunmap((void *)((unsigned long)at & PAGE_MASK));
}`),
    },
    {
      name: "device-read",
      needs: ["device-map", "cpu-read"],
      code: c(`
static void device_read(struct kunit *test, dma_addr_t dma, u8 *block)
{
	void *at = device_map(test, dma);

	cpu_read(at, block);
	device_unmap(at);
}`),
    },
    {
      name: "device-write",
      needs: ["device-map", "cpu-write"],
      code: c(`
static void device_write(struct kunit *test, dma_addr_t dma, unsigned int value)
{
	void *at = device_map(test, dma);

	cpu_write(at, value);
	device_unmap(at);
}`),
    },
    {
      name: "expect",
      needs: ["block"],
      code: c(`
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
