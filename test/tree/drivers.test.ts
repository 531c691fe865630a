// SPDX-License-Identifier: MIT
/**
 * Drivers of the tree above devices of ours: what their code tells TTM and the DMA layer is what the profiles of src/linux/drivers say, so
 * that the model's verdicts, counterexamples and states are the same; and what is changed in their files shows.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type CaseResult, checkCase, type Workload } from "../../src/check/index.ts";
import { createHost } from "../../src/cli/host.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../../src/kernel/index.ts";
import { createModelFactory, DEFAULT_POLICY, DRIVERS } from "../../src/linux/index.ts";
import { DEFAULT_WORKLOAD, WORKLOADS } from "../../src/scenarios/index.ts";
import { createTreeFactory, DRIVER_MODULES, driverFacts, type PreparedModule, prepareModules } from "../../src/tree/index.ts";
import { treeMachines } from "../support/tree-cells.ts";

const source = inject("linux612");
const host = createHost("test");
const cacheDirectory = inject("treeCache");

const DEVICES: readonly DriverProfile[] = DRIVERS.filter((d) => DRIVER_MODULES.some((m) => Object.hasOwn(m.devices, d.name)));
/** Drivers are for x86-64. */
const X86 = (m: Configuration): boolean => m.platform.encryption !== "cca";
const MACHINES: readonly Configuration[] = [...treeMachines(["default"]).filter(X86), ...treeMachines(["force", "noforce"]).filter((m) => ["none", "sme-zen2", "sev"].includes(m.platform.name))];

/** vmw_dummy_query_bo_create() writes to a buffer that TTM maps decrypted while iommu_dma_alloc() has left its page private. */
const faultsAtProbe = ({ platform, iommu }: Configuration, { name }: DriverProfile): boolean => name.startsWith("vmwgfx") && platform.ownership !== "none" && iommu === "translated";

const isFirst = (device: DriverProfile): boolean => DRIVER_MODULES.some((m) => Object.keys(m.devices)[0] === device.name);

/** All for one device of each driver, a few for the others. */
function machinesFor(device: DriverProfile): readonly Configuration[] {
  return isFirst(device) ? MACHINES : MACHINES.filter((m) => ["none", "sme-zen2", "sev"].includes(m.platform.name));
}

/** One line of a driver that decides how pages are mapped, another one in its place, and a cell whose verdict it turns. */
const PATCHES: readonly { readonly device: string; readonly machine: string; readonly file: string; readonly from: string; readonly to: string; readonly turns: readonly [string, string] }[] = [
  {
    device: "vmwgfx",
    machine: "sev,iommu=off,swiotlb=default",
    file: "drivers/gpu/drm/vmwgfx/vmwgfx_drv.c",
    from: "if (vmw_force_coherent || cc_platform_has(CC_ATTR_MEM_ENCRYPT))",
    to: "if (vmw_force_coherent)",
    turns: ["holds", "broken"],
  },
  {
    device: "radeon",
    machine: "sev,iommu=off,swiotlb=default",
    file: "drivers/gpu/drm/radeon/radeon_device.c",
    from: "rdev->need_swiotlb = drm_need_swiotlb(dma_bits);",
    to: "rdev->need_swiotlb = false;",
    turns: ["holds", "broken"],
  },
  {
    device: "amdgpu-gfx9",
    machine: "sev,iommu=off,swiotlb=default",
    file: "drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c",
    from: "adev->need_swiotlb,",
    to: "false,",
    turns: ["holds", "broken"],
  },
  {
    device: "nouveau-pascal",
    machine: "sev,iommu=off,swiotlb=default",
    file: "drivers/gpu/drm/nouveau/nouveau_ttm.c",
    from: "drm_need_swiotlb(drm->client.mmu.dmabits),",
    to: "false,",
    turns: ["holds", "broken"],
  },
];

/** The factory of a tree with all of its drivers, or of a device's alone. */
async function factoryOf(devices: readonly DriverProfile[] | null, patches: readonly string[] = []): Promise<KernelFactory> {
  const { trees, left } = await prepareModules(host, source!, { cacheDirectory, patches }, { machines: MACHINES, devices });
  const [first, ...others] = trees.map((t): PreparedModule => ({ bytes: readFileSync(t.wasmPath), manifest: t.manifest }));
  return createTreeFactory(source!, first!.bytes, first!.manifest, others, left);
}

const MOVES = WORKLOADS.find((w) => w.name === "ttm-move")!;
const SHARES = WORKLOADS.find((w) => w.name === "dma-buf")!;

/** Sharing as far as a device's own driver does it. */
function sharesOf({ name }: DriverProfile): Workload {
  const { shares } = DRIVER_MODULES.find((m) => Object.hasOwn(m.devices, name))!;
  const done = SHARES.actions.filter(({ operation: { op } }) => !["bo_import", "bo_userptr"].includes(op) || shares.includes(op));
  return { ...SHARES, actions: done, sometimes: [] };
}

/** What was found, without how many states it took: vmwgfx's buffers have objects whose addresses show what came first. */
const found = (c: CaseResult): string => `${c.device}@${c.machine}: ${c.verdict} ${c.complete} ${c.findings.map((f) => `${f.rule}/${f.trace.operations.length}`).join(" ")}`;

const told = (c: CaseResult): string => `${c.device}@${c.machine}: ${c.verdict} ${c.complete} ${c.states} ${c.findings.map((f) => `${f.rule}/${f.trace.operations.length}`).join(" ")}`;

describe.skipIf(source === null)("drivers of Linux 6.12", () => {
  const model = createModelFactory({ release: "6.12", policy: DEFAULT_POLICY });
  let own: KernelFactory;
  let generic: KernelFactory;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "cbit-drivers-"));
    own = await factoryOf(null);
    generic = await factoryOf([]);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("are used for the devices that they drive, the profile for others", () => {
    for (const device of DRIVERS) expect([device.name, own.driverUsed!(MACHINES[0]!, device)]).toEqual([device.name, { source: DRIVER_MODULES.find((m) => Object.hasOwn(m.devices, device.name))?.source ?? null, reason: null }]);
    expect(own.driverUsed!(MACHINES[0]!, { ...DEVICES[0]!, name: "/some/file" })).toEqual({ source: null, reason: null });
    expect(generic.driverUsed!(MACHINES[0]!, DEVICES[0]!)).toEqual({ source: null, reason: null });
  });

  it.each(["vmwgfx", "vmwgfx-restricted"])("%s does not survive its probe in guests that own their pages, with a translated domain", (name) => {
    const device = DEVICES.find((d) => d.name === name)!;
    const machines = MACHINES.filter((m) => faultsAtProbe(m, device));
    expect(machines.map((m) => m.platform.name)).toEqual(expect.arrayContaining(["sev-snp", "tdx"]));
    for (const machine of machines) expect(own.create(machine, device).boot).toMatchObject({ status: "refused", reason: expect.stringMatching(/^the driver's probe ends in /) as unknown });
  });

  it.each(DEVICES.map((d) => [d.name, d] as const))("%s: masks and the arguments of ttm_device_init() are the profile's", (_, device) => {
    for (const machine of MACHINES) {
      const kernel = own.create(machine, device);
      if (kernel.boot.status !== "ready") continue;
      const facts = driverFacts(kernel);
      expect([machine.name, facts]).toEqual([machine.name, driverFacts(generic.create(machine, device))]);
      expect([machine.name, facts?.dmaMaskBits ?? device.dmaMaskBits, facts?.coherentMaskBits ?? device.coherentMaskBits]).toEqual([machine.name, device.dmaMaskBits, device.coherentMaskBits]);
    }
  });

  it.each(DEVICES.map((d) => [d.name, d] as const))("%s: verdict, states, rules and lengths of counterexamples are the model's", (_, device) => {
    const machines = machinesFor(device).filter((m) => !faultsAtProbe(m, device));
    const cases = (factory: KernelFactory): string[] => machines.map((machine) => told(checkCase(factory, machine, device, DEFAULT_WORKLOAD)));
    expect(cases(own)).toEqual(cases(model));
  });

  it.each(DEVICES.map((d) => [d.name, d] as const))("%s: moves, evictions and mappings of VRAM come to what the model's do", (name, device) => {
    const platforms = isFirst(device) ? ["none", "sme-zen2", "sev", "sev-snp", "tdx"] : ["none", "sme-zen2"];
    const machines = MACHINES.filter((m) => m.swiotlb === "default" && platforms.includes(m.platform.name) && (isFirst(device) || m.iommu === "off") && !faultsAtProbe(m, device));
    const tell = name.startsWith("vmwgfx") ? found : told;
    const cases = (factory: KernelFactory): string[] => machines.map((machine) => tell(checkCase(factory, machine, device, MOVES)));
    expect(cases(own)).toEqual(cases(model));
  });

  it.each(DEVICES.filter((d) => isFirst(d) && sharesOf(d).actions.some((a) => a.operation.op === "bo_import")).map((d) => [d.name, d] as const))("%s: imports and pinned memory come to what the model's do", (_, device) => {
    const machines = MACHINES.filter((m) => m.swiotlb === "default" && ["none", "sme-zen2", "sev", "sev-snp", "tdx"].includes(m.platform.name));
    const cases = (factory: KernelFactory): string[] => machines.map((machine) => told(checkCase(factory, machine, device, sharesOf(device))));
    expect(cases(own)).toEqual(cases(model));
  });

  it.each(PATCHES)("$device: another line in $file turns the verdict", async ({ device, machine, file, from, to, turns }) => {
    const profile = DEVICES.find((d) => d.name === device)!;
    const where = MACHINES.find((m) => m.name === machine)!;
    const lines = readFileSync(join(source!, file), "utf8").split("\n");
    const at = lines.findIndex((line) => line.includes(from));
    expect(at).toBeGreaterThan(0);
    const patch = join(folder, `${device}.diff`);
    const kept = (n: number): string => ` ${lines[at + n]}`;
    const hunk = [kept(-2), kept(-1), `-${lines[at]}`, `+${lines[at]!.replace(from, to)}`, kept(1), kept(2)];
    writeFileSync(patch, `--- a/${file}\n+++ b/${file}\n@@ -${at - 1},5 +${at - 1},5 @@\n${hunk.join("\n")}\n`);
    const patched = await factoryOf([profile], [patch]);
    const verdict = (factory: KernelFactory): string => checkCase(factory, where, profile, DEFAULT_WORKLOAD).verdict;
    expect([verdict(own), verdict(patched)]).toEqual(turns);
  });
});
