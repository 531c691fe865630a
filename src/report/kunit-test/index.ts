// SPDX-License-Identifier: MIT
/** A finding as a patch that adds a KUnit test to the kernel: it fails where the finding is. */

import { formatToken, type RuleId, type Trace, type Violation } from "../../check/index.ts";
import type { Configuration, DriverProfile } from "../../kernel/index.ts";
import type { ExplainReport } from "../reports.ts";
import { operationText } from "../steps.ts";
import { wrap } from "../wrap.ts";
import { SUBJECT } from "./judge.ts";
import { type DmaSituation, situationText } from "./parts-common.ts";
import { endOf, knownEnd, type MakefileEnd } from "./makefiles.ts";
import { mailed } from "./patch.ts";
import { testFile, type TestPlace } from "./source.ts";
import { NOT_JUDGED, notWritten } from "./unsupported.ts";

/** What the patch is for. */
export interface KunitTestOptions {
  /** "6.12", "6.1.192". */
  readonly release: string;
  /** The text of a makefile of the tree; null where there is no such file. Left out for the model, whose releases' are known. */
  readonly makefile?: (path: string) => string | null;
  readonly version: string;
}

const TTM: TestPlace = {
  folder: "drivers/gpu/drm/ttm/tests",
  subsystem: "drm/ttm",
  prefix: "ttm_cbit",
  option: "DRM_TTM_KUNIT_TEST",
  headers: [],
  local: ["ttm_kunit_helpers.h"],
};
/** Before 6.7 TTM has no tests of its own. */
const OLD_TTM: TestPlace = { folder: "drivers/gpu/drm/ttm", subsystem: "drm/ttm", prefix: "ttm_cbit", option: "KUNIT", headers: ["linux/module.h", "linux/slab.h"], local: [], older: true };
const DMA: TestPlace = { folder: "kernel/dma", subsystem: "dma-mapping", prefix: "dma_cbit", option: "KUNIT", headers: ["linux/module.h", "linux/slab.h"], local: [] };

/** Rules that can only be broken where memory is encrypted. */
const ENCRYPTION: ReadonlySet<RuleId> = new Set(["ciphertext-read", "alias-attribute", "page-state", "freed-shared"]);

function situationOf({ iommu, swiotlb, platform }: Configuration, { untrusted = false }: DriverProfile): DmaSituation {
  const translated = iommu === "translated" || (untrusted && iommu === "identity" && platform.iommuModes.includes("translated"));
  return { translated, untrusted, restricted: swiotlb === "restricted", bounced: swiotlb === "force" };
}

const COLUMNS = 72;
const filled = (text: string, first = "", rest = " ".repeat(first.length)): string[] => wrap(text, COLUMNS, first, rest).split("\n");

/** A command in lines that a shell takes as one: tokens are broken, too. */
function commandText(command: string): string[] {
  const pieces = command.split(/(?<=[/, ])/);
  const lines = [""];
  for (const piece of pieces) {
    if (lines[lines.length - 1]!.length + piece.length > COLUMNS - 1 && lines[lines.length - 1] !== "") lines.push("");
    lines[lines.length - 1] += piece;
  }
  return lines.map((line, i) => (i === lines.length - 1 ? line : `${line}\\`));
}

/** Commands that tell the finding. A tree is the folder that they are typed in: nobody else has it at the same place. */
function explainLines({ id }: ExplainReport, trace: Trace): string[] {
  const [kernel = "", ...patches] = trace.kernel.startsWith("tree:") ? trace.kernel.split(/\+(?=\/)/) : [trace.kernel];
  const here = kernel.startsWith("tree:") ? "tree:." : kernel;
  const more = [...(trace.policy === null ? [] : ["--policy", trace.policy]), ...patches.flatMap((path) => ["--patch", path.slice(path.lastIndexOf("/") + 1)])].join(" ");
  const replay = `cbit explain ${formatToken({ ...trace, kernel: here })}${patches.length === 0 ? "" : ` ${more}`}`;
  return [...(id === null ? [] : [`cbit explain ${id} --workload ${trace.workload} --kernel ${here} ${more}`.trim()]), replay];
}

function violationOf({ replay, rule }: ExplainReport): Violation {
  const last = replay.steps[replay.steps.length - 1];
  const found = last?.violations.find((v) => v.rule === rule);
  if (found === undefined) throw notWritten("this trace", "nothing is wrong at its end");
  return found;
}

/** The commit's message: the finding, what the test does, where it runs. */
function message(report: ExplainReport, file: string, place: TestPlace, situation: DmaSituation, { title, why }: Violation): string[] {
  const { configuration, driver, cause, trace, replay } = report;
  const encryption = ENCRYPTION.has(report.rule!);
  const needs = [...(encryption ? ["memory encryption"] : []), `a PCI device that no driver is bound to, ${situationText(situation)}`].join(", and ");
  return [
    ...filled(`With ${driver.title} on ${configuration.platform.title}, ${title}:`),
    "",
    ...replay.steps.flatMap((s, i) => filled(operationText(s.operation), `  ${i + 1}. `)),
    "",
    ...filled(`Root cause: ${cause ?? title}.`),
    "",
    ...filled(`${why.text} (${why.ref})`),
    "",
    ...filled("The test does these operations for an idle PCI device that has the DMA mask of the device above. What the device would read or write, the CPU does in its place: at the physical address behind the DMA address, through a mapping that has the encryption attribute of that address. No device does any DMA."),
    "",
    ...filled(`It fails where the finding is, and passes where it is fixed. It needs ${needs}; elsewhere it is skipped. Kernels need CONFIG_${place.option}${place.option === "KUNIT" ? "" : " (and so CONFIG_COMPILE_TEST)"}${place.older === true ? " and CONFIG_DRM_TTM, both built in or both modules" : ""}.`),
    "",
    "Without such a machine, on a simulated one, from the kernel's folder:",
    "",
    `  cbit kunit . '${place.prefix}_*' --patch ${file} \\`,
    `    --machine ${trace.machine}`,
    "",
    "The finding, step by step:",
    "",
    ...explainLines(report, trace).flatMap((line) => commandText(line)),
  ];
}

/**
 * The patch.
 * @throws CbitError: CBIT-303 for a finding that cannot be written as a test
 */
export function kunitTest(report: ExplainReport, options: KunitTestOptions): string {
  const { rule, configuration, driver, replay, trace } = report;
  if (rule === null) throw notWritten("this trace", "nothing is wrong at its end");
  const reason = NOT_JUDGED[rule];
  if (reason !== undefined) throw notWritten(`a finding of ${rule}`, reason);
  if (configuration.platform.encryption === "cca") throw notWritten("a finding in a realm", "kernels before 6.13 do not know that they run in one");
  const violation = violationOf(report);
  const ttm = replay.steps.some((s) => s.operation.op === "bo_create" || s.operation.op === "bo_import");
  const endAt = ({ folder }: TestPlace): MakefileEnd | null => {
    if (options.makefile === undefined) return knownEnd(options.release, `${folder}/Makefile`);
    const own = options.makefile(`${folder}/Makefile`);
    return own === null ? null : endOf(own);
  };
  const place = !ttm ? DMA : endAt(TTM) === null ? OLD_TTM : TTM;
  const situation = situationOf(configuration, driver);
  const about = [...filled(violation.title, "", ""), "", ...(report.id === null ? [] : [report.id]), ...explainLines(report, trace).slice(-1).flatMap((line) => commandText(line))];
  const { name, text } = testFile({ rule, number: Number(/\.(\d+)$/.exec(report.id ?? "")?.[1] ?? 1), driver, situation, replay, place, encryption: ENCRYPTION.has(rule), about });
  const makefile = `${place.folder}/Makefile`;
  const end = endAt(place);
  if (end === null) throw notWritten("this finding", `Linux ${options.release} has no ${makefile}`);
  return mailed({
    subject: `${place.subsystem}: ${SUBJECT[rule] ?? `test against ${rule}`}`,
    message: message(report, `${name}.patch`, place, situation, violation),
    file: `${place.folder}/${name}_test.c`,
    text,
    makefile,
    end,
    added: `obj-$(CONFIG_${place.option}) += ${name}_test.o`,
    version: options.version,
  });
}
