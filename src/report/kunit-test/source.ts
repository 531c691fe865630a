// SPDX-License-Identifier: MIT
/** The C file of a reproducer: operations in their order, what they need before them. */

import type { Replay, ReplayStep, RuleId } from "../../check/index.ts";
import type { DriverProfile } from "../../kernel/index.ts";
import { operationText } from "../steps.ts";
import { judged } from "./judge.ts";
import { addressExpression, bufferOf, callOf, pageExpression, Writer } from "./operations.ts";
import { c, chosen, type Part } from "./part.ts";
import { commonParts, type DmaSituation } from "./parts-common.ts";
import { notWritten } from "./unsupported.ts";
import { dmaParts } from "./parts-dma.ts";
import { ttmParts } from "./parts-ttm.ts";

/** Where a test goes: which helpers it has there, and how it is built. */
export interface TestPlace {
  readonly folder: string;
  /** Of the patch's subject: "drm/ttm". */
  readonly subsystem: string;
  /** How names begin: "ttm_cbit". */
  readonly prefix: string;
  readonly option: string;
  readonly headers: readonly string[];
  readonly local: readonly string[];
  /** True where the folder has no KUnit helpers (`TtmShape.older`). */
  readonly older?: boolean;
}

export interface TestRequest {
  readonly rule: RuleId;
  /** Which of the rule's root causes, from 1. */
  readonly number: number;
  readonly driver: DriverProfile;
  readonly situation: DmaSituation;
  readonly replay: Replay;
  readonly place: TestPlace;
  /** True where nothing can go wrong without memory encryption. */
  readonly encryption: boolean;
  /** Lines of the comment at the top. */
  readonly about: readonly string[];
}

/** Where memory comes from DMA allocations. */
const ALLOCATES = /^(?:dma_direct_alloc|iommu_dma_alloc|dma_alloc_attrs|dma_alloc_from_\w+)$/;

/** Whether TTM's pool allocated by the DMA API: drm_need_swiotlb() depends on the machine's memory map, which a test cannot choose. */
function allocatesDma({ steps }: Replay): boolean {
  return steps.some((s) => s.events.some((e) => ALLOCATES.test(e.function)));
}

/** One operation: a comment, and the call with what must come of it. */
function stepLines(w: Writer, rule: RuleId, step: ReplayStep, number: number, last: boolean): string[] {
  const call = callOf(w, step.operation);
  const comment = `/* ${number}. ${operationText(step.operation)} */`;
  switch (call.kind) {
    case "void":
      return [comment, `${call.text};`];
    case "read":
      w.reads = true;
      if (step.expected === null) return [comment, `${call.text};`];
      w.need("expect");
      return [comment, `${call.text};`, `expect(test, seen, ${step.expected});`];
    case "status": {
      if (step.result.outcome !== "done" && !last) throw notWritten(`a trace in which ${step.operation.op} fails before its end`, "the test could not tell a failure that is meant from one that is not");
      return [comment, `${last && rule === "mapping-failed" ? "KUNIT_EXPECT_EQ" : "KUNIT_ASSERT_EQ"}(test, ${call.text}, 0);`];
    }
  }
}

/** An access of the CPU that the platform would stop, and perhaps the guest with it: the attributes are compared in its place. */
function fatalAccess(w: Writer, rule: RuleId, { operation }: ReplayStep, number: number): string[] | null {
  if (rule !== "page-state" || (operation.op !== "cpu_read" && operation.op !== "cpu_write")) return null;
  const { buf, page, alias } = operation;
  if (alias === "linear") throw notWritten(`a finding of ${rule} at an access through the linear map`, "the test cannot ask the platform for a page's state");
  w.need("attribute");
  return [
    `/* ${number}. ${operationText(operation)}: it could end the guest */`,
    `KUNIT_EXPECT_EQ(test, is_encrypted(${addressExpression(w, buf, page, alias)}),`,
    `\t\tis_encrypted(page_address(${pageExpression(w, buf, page)})));`,
  ];
}

const indented = (lines: readonly string[]): string => lines.map((line) => (line === "" ? "" : `\t${line}`)).join("\n");

function headersOf(parts: readonly Part[], { headers, local }: TestPlace, more: readonly string[]): string {
  const all = [...new Set([...headers, ...more, ...parts.flatMap((p) => p.headers ?? [])])].sort();
  const groups = [all.filter((h) => /^(?:kunit|linux)\//.test(h)), all.filter((h) => h.startsWith("asm/")), all.filter((h) => h.startsWith("drm/"))];
  const lines = groups.filter((g) => g.length > 0).map((g) => g.map((h) => `#include <${h}>`).join("\n"));
  return [...lines, ...(local.length === 0 ? [] : [local.map((h) => `#include "${h}"`).join("\n")])].join("\n\n");
}

const members = (lines: readonly string[]): string => [...new Set(lines)].map((line) => `\t${line}`).join("\n");
const all = (parts: readonly Part[], what: "init" | "exit" | "end" | "code"): string[] => parts.flatMap((p) => p[what] ?? []);

/** The test's source. @throws CbitError (CBIT-303) for what cannot be written */
export function testFile({ rule, number, driver, situation, replay, place, encryption, about }: TestRequest): { readonly name: string; readonly text: string } {
  const name = `${place.prefix}_${rule.replaceAll("-", "_")}${number === 1 ? "" : `_${number}`}`;
  const w = new Writer();
  const { steps } = replay;
  const body = steps.map((step, i) => (i === steps.length - 1 ? fatalAccess(w, rule, step, i + 1) : null) ?? stepLines(w, rule, step, i + 1, i === steps.length - 1));
  const end = judged(w, rule, steps[steps.length - 1]!);
  const maps = driver.ownMapping === "always" || (driver.ownMapping === "without-dma-alloc" && !allocatesDma(replay));
  const table = [...commonParts(situation, driver.dmaMaskBits, driver.coherentMaskBits), ...dmaParts(), ...ttmParts(driver, { dmaAlloc: allocatesDma(replay), maps, imports: w.parts.has("bo-import"), older: place.older === true })];
  const parts = chosen(table, w.parts);
  const buffers = [...w.kinds.keys()].sort((a, b) => a - b);
  const pages = Math.max(...w.pages.values());
  // Structures come first, so that all functions see them; what uses a device comes after it.
  const pieces = [
    `// SPDX-License-Identifier: GPL-2.0-only\n/*\n${about.map((line) => (line === "" ? " *" : ` * ${line}`)).join("\n")}\n */`,
    headersOf(parts, place, ["kunit/test.h", ...(encryption ? ["linux/cc_platform.h"] : [])]),
    [`#define NR_BUFFERS ${Math.max(...buffers) + (w.swaps ? 2 : 1)}`, ...(parts.some((p) => p.code?.includes("MAX_PAGES") === true) ? [`#define MAX_PAGES ${pages}`] : [])].join("\n"),
    `struct buffer {\n${members(parts.flatMap((p) => p.buffer ?? []))}\n};`,
    `struct finding {\n${members([...parts.flatMap((p) => p.finding ?? []), "struct buffer buffers[NR_BUFFERS];"])}\n};`,
    ...all(parts, "code"),
    `static void buffer_end(struct finding *f, struct buffer *b)\n{\n${all(parts, "end").reverse().join("\n")}\n}`,
    initFunction(parts, encryption),
    exitFunction(parts),
    c(`
static void ${name}(struct kunit *test)
{
	struct finding *f = test->priv;
${buffers.map((buf) => `\tstruct buffer *${bufferOf(buf)} = &f->buffers[${buf}];`).join("\n")}${w.reads ? "\n\tu8 seen[BLOCK];" : ""}

${[...body.map((lines) => indented(lines)), ...(end.length === 0 ? [] : [indented(end)])].join("\n\n")}
}`),
    c(`
static struct kunit_case ${name}_cases[] = {
	KUNIT_CASE(${name}),
	{}
};

static struct kunit_suite ${name}_suite = {
	.name = "${name}",
	.init = finding_init,
	.exit = finding_exit,
	.test_cases = ${name}_cases,
};

kunit_test_suites(&${name}_suite);

MODULE_DESCRIPTION("KUnit test: ${rule}");
MODULE_LICENSE("GPL");`),
  ];
  return { name, text: `${pieces.join("\n\n")}\n` };
}

function initFunction(parts: readonly Part[], encryption: boolean): string {
  const init = all(parts, "init");
  const device = init.some((text) => /^\tdev = /m.test(text)) ? "\tstruct device *dev;\n" : "";
  const skip = encryption ? '\tif (!cc_platform_has(CC_ATTR_MEM_ENCRYPT))\n\t\tkunit_skip(test, "this machine does not encrypt memory");\n' : "";
  return c(`
static int finding_init(struct kunit *test)
{
	struct finding *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
${device}
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	test->priv = f;
${skip}
${init.join("\n\n")}
	return 0;
}`);
}

function exitFunction(parts: readonly Part[]): string {
  return c(`
static void finding_exit(struct kunit *test)
{
	struct finding *f = test->priv;
	int i;

	if (!f)
		return;
	for (i = NR_BUFFERS - 1; i >= 0; i--)
		buffer_end(f, &f->buffers[i]);
${all(parts, "exit").reverse().join("\n")}
}`);
}

