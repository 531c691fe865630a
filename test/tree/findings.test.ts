// SPDX-License-Identifier: MIT
/**
 * docs/reference/findings.md: what Linux 6.12 shows, each finding run again. `npm run findings` searches all workloads anew (half an hour and
 * more) and writes the page with what it is made of; `CBIT_WRITE_FINDINGS=page` writes the page alone.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { DEFAULT_BOUNDS } from "../../src/check/index.ts";
import { createHost } from "../../src/cli/host.ts";
import { machinesNamed } from "../../src/cli/named.ts";
import { DRIVERS } from "../../src/linux/index.ts";
import { DEFAULT_WORKLOAD, defaultMachines, WORKLOADS } from "../../src/scenarios/index.ts";
import { inspectSource } from "../../src/tree/index.ts";
import { litmusRuns, olderStories, probeOutcome, replayed, suiteLines } from "../support/findings/evidence.ts";
import { causeKey, type FoundCause, Gathering, placesOf } from "../support/findings/gather.ts";
import { factoriesOf } from "../support/findings/kernels.ts";
import { KNOWN_CAUSES, OLDER_BUGS, WRONG_BY_THEMSELVES } from "../support/findings/known-causes.ts";
import { findingsPage, type Shown } from "../support/findings/page.ts";
import { treeFactoryFor } from "../support/tree-factory.ts";

const source = inject("linux612");
const cache = inject("treeCache");
const PAGE = "docs/reference/findings.md";
const KEPT = "test/tree/findings.json";
const write = process.env["CBIT_WRITE_FINDINGS"] ?? "";

const machines = defaultMachines();
/** Machines that the default matrix leaves out, with workloads that are about what they have. */
const BESIDES = { machines: machinesNamed(["sev,swiotlb=restricted", "sme-zen2,iommu=off,swiotlb=restricted", "sev,iommu=translated", "sev-snp,iommu=translated", "tdx,iommu=translated"]), workloads: ["ttm-buffer", "dma-coherent"] };

const kept = (): FoundCause[] => JSON.parse(readFileSync(KEPT, "utf8")) as FoundCause[];

const nameOf = (file: string): string => file.replace(/^litmus\/|\.litmus$/g, "");

/** File and line without the line: where another 6.12 than the page's is at hand. */
const lineless = (text: string): string => text.replaceAll(/(\.[chS]):\d+(?:-\d+)?/g, "$1").replaceAll(/6\.12\.\d+/g, "6.12");

describe.skipIf(source === null)("findings in Linux 6.12", () => {
  const factoryFor = source === null ? null! : factoriesOf(source, cache, [...machines, ...BESIDES.machines], DRIVERS);

  beforeAll(async () => {
    if (write !== "all") return;
    const gathering = new Gathering([...machines, ...BESIDES.machines], DRIVERS);
    for (const workload of WORKLOADS) {
      process.stderr.write(`${workload.name}\n`);
      gathering.run(await factoryFor(workload), machines, DRIVERS, workload, { bounds: DEFAULT_BOUNDS });
      if (BESIDES.workloads.includes(workload.name)) gathering.run(await factoryFor(workload), BESIDES.machines, DRIVERS, workload, { bounds: DEFAULT_BOUNDS });
    }
    writeFileSync(KEPT, `${JSON.stringify(gathering.found(), null, 2)}\n`);
  }, 7_200_000);

  it("have an entry each, and entries have findings", () => {
    const named = KNOWN_CAUSES.flatMap((c) => c.causes.map(causeKey));
    expect(named.toSorted()).toEqual(kept().map(causeKey).toSorted());
    expect(new Set(named).size).toBe(named.length);
    expect(KNOWN_CAUSES.filter((c) => [c.causes, c.litmus ?? [], c.probes ?? [], c.suites ?? []].every((list) => list.length === 0))).toEqual([]);
    expect(new Set(KNOWN_CAUSES.map((c) => c.id)).size).toBe(KNOWN_CAUSES.length);
  });

  it("of the default workload are among them, in the cells that are listed", async () => {
    const gathering = new Gathering(machines, DRIVERS);
    gathering.run(await factoryFor(DEFAULT_WORKLOAD), machines, DRIVERS, DEFAULT_WORKLOAD, { bounds: DEFAULT_BOUNDS });
    const listed = new Map(kept().map((f) => [causeKey(f), new Set(placesOf(f).map((p) => `${p.device}@${p.machine}`))]));
    const found = gathering.found();
    expect(found.length).toBeGreaterThan(0);
    const unlisted = found.flatMap((f) => placesOf(f).map((p) => `${p.device}@${p.machine}`).filter((c) => listed.get(causeKey(f))?.has(c) !== true).map((c) => `${causeKey(f)} in ${c}`));
    expect(unlisted).toEqual([]);
  });

  it("show again, as the page says: `CBIT_WRITE_FINDINGS=page` writes what has changed of it", async () => {
    const { release } = await inspectSource(createHost("test"), source!);
    const found = new Map(kept().map((f) => [causeKey(f), f]));
    const litmusMachines = machinesNamed(["none", "cca"]);
    const generic = await treeFactoryFor(source!, cache, litmusMachines);
    const own = await factoryFor(DEFAULT_WORKLOAD);
    const shown: Shown[] = [];
    for (const entry of KNOWN_CAUSES) {
      const causes = [];
      for (const named of entry.causes) {
        const f = found.get(causeKey(named))!;
        const finding = await replayed(factoryFor, f);
        expect(finding.cause).toBe(f.cause);
        causes.push({ found: f, finding });
      }
      const litmus = [];
      for (const file of entry.litmus ?? []) {
        const runs = await litmusRuns(generic, file);
        expect(runs.filter((r) => !r.ok).map((r) => `${file}:${r.line} ${r.machine}: ${r.got}`)).toEqual([]);
        expect(runs.some((r) => r.broken.length > 0)).toBe(true);
        litmus.push({ file, runs });
      }
      const probes = (entry.probes ?? []).map((probe) => ({ probe, outcome: probeOutcome(own, probe) }));
      expect(probes.filter((p) => p.outcome === "ready")).toEqual([]);
      const suites = (entry.suites ?? []).map((suite) => ({ suite, lines: suiteLines(source!, cache, suite) }));
      expect(suites.filter((s) => s.lines.length === 0)).toEqual([]);
      shown.push({ entry, causes, litmus, probes, suites });
    }
    const older = await olderStories(generic);
    expect(older.map((o) => nameOf(o.file))).toEqual([...OLDER_BUGS, ...WRONG_BY_THEMSELVES].toSorted());
    const page = findingsPage(release, shown, older.filter((o) => OLDER_BUGS.includes(nameOf(o.file))), { ...BESIDES, machines: BESIDES.machines.map((m) => m.name) });
    if (write !== "") writeFileSync(PAGE, page);
    const there = readFileSync(PAGE, "utf8");
    const same = there.includes(`Linux ${release} `);
    expect(same ? there : lineless(there)).toBe(same ? page : lineless(page));
  });
});
