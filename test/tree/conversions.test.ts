// SPDX-License-Identifier: MIT
/**
 * Conversions that meet a page that is already what it shall be, or whose hypervisor refused before: what the kernel, the firmware
 * and the hypervisor then come to, on Linux 6.12 itself and on the model.
 */

import { beforeAll, describe, expect, inject, it } from "vitest";
import type { Kernel, KernelFactory, Operation } from "../../src/kernel/index.ts";
import { createModelFactory, DEFAULT_POLICY } from "../../src/linux/index.ts";
import { PAGE_PRIVATE, PAGE_SHARED, PAGE_UNACCEPTED } from "../../src/machine/index.ts";
import { TREE_DRIVERS, treeMachines } from "../support/tree-cells.ts";
import { treeFactoryFor } from "../support/tree-factory.ts";

const source = inject("linux612");
const MACHINES = treeMachines(["default"]).filter((m) => m.platform.encryption !== "cca" && m.iommu === "off");
const DRIVER = TREE_DRIVERS.find((d) => d.name === "xe")!;

const ALLOC: Operation = { op: "page_alloc", buf: 0, pages: 2 };
const SHARE: Operation = { op: "set_memory_decrypted", buf: 0 };
const UNSHARE: Operation = { op: "set_memory_encrypted", buf: 0 };
const SEQUENCES: Readonly<Record<string, readonly Operation[]>> = {
  "to private what is private": [ALLOC, UNSHARE],
  "to shared twice": [ALLOC, SHARE, SHARE, UNSHARE],
  "to private where the second page alone is shared": [ALLOC, { ...SHARE, page: 1, pages: 1 }, UNSHARE],
  "to shared where the first page is": [ALLOC, { ...SHARE, page: 0, pages: 1 }, SHARE],
  "back after the hypervisor refused to share": [ALLOC, { op: "fail", function: "enc_status_change_finish", nth: 1 }, SHARE, UNSHARE],
  "to private again after the hypervisor refused": [ALLOC, SHARE, { op: "fail", function: "enc_status_change_prepare", nth: 1 }, UNSHARE, UNSHARE],
};

/** Each answer, with every frame's page state and the domain of its linear mapping, up to what ends the guest. */
function told(kernel: Kernel, operations: readonly Operation[]): string[] {
  const out: string[] = [];
  for (const operation of operations) {
    const r = kernel.apply(operation);
    out.push(`${r.outcome} ${r.outcome === "error" ? r.errno : r.outcome === "fault" ? r.fault.fault : ""} ${kernel.frames().map((f) => `${f.state} ${f.linear?.domain}`).join()}`);
    if (r.outcome === "crash" || r.outcome === "fault") break;
  }
  return out;
}

describe.skipIf(source === null)("conversions of Linux 6.12", () => {
  let tree: KernelFactory;
  const model = createModelFactory({ release: "6.12", policy: DEFAULT_POLICY });

  beforeAll(async () => {
    tree = await treeFactoryFor(source!, inject("treeCache"), MACHINES);
  });

  it.each(Object.entries(SEQUENCES))("%s", (_, operations) => {
    for (const machine of MACHINES) expect([machine.name, ...told(tree.create(machine, DRIVER), operations)]).toEqual([machine.name, ...told(model.create(machine, DRIVER), operations)]);
  });

  const on = (platform: string): Kernel => tree.create(MACHINES.find((m) => m.platform.name === platform)!, DRIVER);
  const states = (kernel: Kernel): (number | null)[] => kernel.frames().map((f) => f.state);

  it("TDX does not accept a page again, and leaves those behind it pending", () => {
    const kernel = on("tdx");
    kernel.apply(ALLOC);
    kernel.apply({ ...SHARE, page: 1, pages: 1 });
    expect(kernel.apply(UNSHARE)).toMatchObject({ outcome: "error", errno: "EIO" });
    expect(states(kernel)).toEqual([PAGE_PRIVATE, PAGE_UNACCEPTED]);
  });

  it("an SNP guest ends itself where PVALIDATE changes nothing", () => {
    const kernel = on("sev-snp");
    kernel.apply(ALLOC);
    expect(kernel.apply(UNSHARE)).toMatchObject({ outcome: "crash", reason: "the guest ends itself: sev_es_terminate(GHCB_TERM_PVALIDATE)" });
  });

  it("Hyper-V takes what it has, and gives what the guest has", () => {
    const kernel = on("sev-snp-vtom");
    for (const operation of [ALLOC, SHARE, SHARE]) expect(kernel.apply(operation).outcome).toBe("done");
    expect(states(kernel)).toEqual([PAGE_SHARED, PAGE_SHARED]);
    for (const operation of [UNSHARE, UNSHARE]) expect(kernel.apply(operation).outcome).toBe("done");
    expect(states(kernel)).toEqual([PAGE_PRIVATE, PAGE_PRIVATE]);
  });
});
