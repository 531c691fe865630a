// SPDX-License-Identifier: MIT
/** For each rule something that breaks it, and something close to that which must pass. */

import { describe, expect, it } from "vitest";
import { pfn } from "../../base/index.ts";
import type { BootResult, DriverProfile, Health, Operation, Seen, StepResult } from "../../kernel/index.ts";
import { DOMAIN_PLAIN, DOMAIN_VM, type FaultKind, PAGE_PRIVATE, PAGE_SHARED, PLATFORMS } from "../../machine/index.ts";
import { TOY_DRIVER } from "../../../test/support/toy-kernel.ts";
import { aliasAttribute, attributePhrase } from "./alias-attribute.ts";
import { facts, on, rulesOf, view } from "./facts-for-tests.ts";
import { RULES } from "./index.ts";
import { refusal } from "./refusal.ts";

const HEALTHY: Health = { freedShared: [], mismatched: [], needless: [] };
const CPU_READ: Operation = { op: "cpu_read", buf: 0, page: 0, alias: "linear" };
const DEV_READ: Operation = { op: "dev_read", buf: 0, page: 0 };
const HOST_READ: Operation = { op: "host_read", buf: 0, page: 0 };

const fault = (kind: FaultKind): StepResult => ({ outcome: "fault", fault: { kind: "fault", fault: kind, address: 0x1000 } });
const read = (token: number | null): StepResult => ({ outcome: "done", seen: { bytes: "00".repeat(16), token, storedIn: DOMAIN_PLAIN, readIn: DOMAIN_PLAIN } satisfies Seen });

describe("alias-caching", () => {
  it("wants one cache type for all CPU mappings of a page", () => {
    expect(rulesOf({ views: [view("linear", DOMAIN_VM), view("vmap", DOMAIN_VM, 1, "WC")] })).toEqual(["alias-caching"]);
  });

  it("lets pass UC beside UC-, other frames, and the device, which has none", () => {
    expect(rulesOf({ views: [view("linear", DOMAIN_VM, 1, "UC"), view("vmap", DOMAIN_VM, 1, "UC-")] })).toEqual([]);
    expect(rulesOf({ views: [view("linear", DOMAIN_VM), view("vmap", DOMAIN_VM, 2, "WC"), view("device", DOMAIN_VM)] })).toEqual([]);
  });
});

describe("exposed-private", () => {
  it("objects where the host, or a device that has no mapping, reads the token of private contents", () => {
    expect(rulesOf({ operation: HOST_READ, result: read(1), secret: 1 })).toEqual(["exposed-private"]);
    expect(rulesOf({ operation: DEV_READ, result: read(1), secret: 1 })).toEqual(["exposed-private"]);
  });

  it("lets pass noise, older tokens, shared pages, and machines without encryption", () => {
    expect(rulesOf({ operation: HOST_READ, result: read(null), secret: 1 })).toEqual([]);
    expect(rulesOf({ operation: HOST_READ, result: read(2), secret: 1 })).toEqual([]);
    expect(rulesOf({ operation: HOST_READ, result: read(1), secret: 0 })).toEqual([]);
    expect(rulesOf({ operation: HOST_READ, result: read(1), secret: 1, configuration: on("none") })).toEqual([]);
    expect(rulesOf({ operation: HOST_READ, result: read(1), secret: 1, configuration: on("sme-zen2", { coherent: false }) })).toEqual([]);
  });
});

describe("freed-shared", () => {
  it("objects to a free page that is shared, in the page tables or for the platform", () => {
    expect(rulesOf({ health: { ...HEALTHY, freedShared: [{ pfn: pfn(5), decrypted: true, state: PAGE_PRIVATE }] } })).toEqual(["freed-shared"]);
    expect(rulesOf({ health: { ...HEALTHY, freedShared: [{ pfn: pfn(5), decrypted: false, state: PAGE_SHARED }] } })).toEqual(["freed-shared"]);
  });

  it("lets pass what is leaked: nobody can get it", () => {
    expect(rulesOf({ health: HEALTHY })).toEqual([]);
  });
});

describe("page-state", () => {
  it.each<FaultKind>(["npf-rmp", "vc-not-validated", "td-exit", "ve-mmio", "sea", "rec-exit"])("objects to %s of the guest, and mapping-failed leaves it alone", (kind) => {
    expect(rulesOf({ operation: CPU_READ, result: fault(kind) })).toEqual(["page-state"]);
  });

  it.each<FaultKind>(["iommu-rmp-fault", "dma-abort", "smmu-gpf"])("objects to %s of a device", (kind) => {
    expect(rulesOf({ operation: DEV_READ, result: fault(kind) })).toEqual(["page-state"]);
  });

  it("objects to a live page that guest and platform see differently", () => {
    const mismatched = [{ buf: 0, page: 1, pfn: pfn(7), state: PAGE_SHARED, linearPrivate: true }] as const;
    expect(rulesOf({ health: { ...HEALTHY, mismatched } })).toEqual(["page-state"]);
  });

  it("lets pass that the host is stopped: that is what the platform is for", () => {
    for (const kind of ["host-rmp-fault", "gpf", "no-memory-there"] as const) expect(rulesOf({ operation: HOST_READ, result: fault(kind) })).toEqual([]);
  });

  it("leaves other faults to mapping-failed", () => {
    expect(rulesOf({ operation: DEV_READ, result: fault("address-width") })).toEqual(["mapping-failed"]);
  });
});

describe("bounce-leak", () => {
  it("objects to another buffer's token, and stale-view leaves that alone", () => {
    expect(rulesOf({ operation: CPU_READ, result: read(17), expected: 1, foreign: true })).toEqual(["bounce-leak"]);
  });

  it("lets pass an older token of the same buffer, which is stale, and what the host finds in a frame", () => {
    expect(rulesOf({ operation: HOST_READ, result: read(17), foreign: true })).toEqual([]);
    expect(rulesOf({ operation: CPU_READ, result: read(2), expected: 1 })).toEqual(["stale-view"]);
  });
});

describe("kernel-warn", () => {
  it("objects to a WARN, of a step that works or fails", () => {
    expect(rulesOf({ result: { outcome: "done", seen: null, warnings: ["f (f.c:1): oops"] } })).toEqual(["kernel-warn"]);
    expect(rulesOf({ result: { outcome: "error", errno: "EIO", from: "f", warnings: ["f (f.c:1): oops"] } })).toEqual(["mapping-failed", "kernel-warn"]);
  });

  it("lets pass what was made to fail, with the warnings on the way", () => {
    expect(rulesOf({ result: { outcome: "error", errno: "EIO", from: "f", injected: true, warnings: ["f (f.c:1): oops"] } })).toEqual([]);
    expect(rulesOf({ result: { outcome: "done", seen: null, injected: true, warnings: ["f (f.c:1): oops"] } })).toEqual([]);
  });
});

describe("needless-share", () => {
  it("is advice, and says why there is no need", () => {
    const step = facts({ health: { ...HEALTHY, needless: [{ buf: 0, page: 1, why: "the device reaches the C-bit, bit 47" }] } });
    const rule = RULES.find((r) => r.id === "needless-share")!;
    expect(rule.severity).toBe("advice");
    expect(rule.judge(step)).toBeGreaterThanOrEqual(0);
    expect(rule.describe(step)).toBe("page 1 of buffer 0 is shared without need: the device reaches the C-bit, bit 47");
    expect(rulesOf({ health: HEALTHY })).toEqual([]);
  });
});

describe("refusal", () => {
  const ready: BootResult = { status: "ready" };
  const refused: BootResult = { status: "refused", reason: "no" };
  const device: DriverProfile = {
    ...TOY_DRIVER,
    refuses: { when: "mem-encrypt", reason: "probe says no", ref: "a.c:1" },
    cannotWork: { when: "host-mem-encrypt", reason: "the chip cannot", ref: "a.c:2" },
  };
  const judge = (boot: BootResult, machine: string, driver = device): string | null => refusal.judgeBoot!({ boot, configuration: on(machine), driver })?.title ?? null;

  it("objects where what cannot work is accepted, and where what can is refused", () => {
    expect(judge(ready, "sme-zen2")).toBe("toy is accepted on sme-zen2, and cannot work: the chip cannot");
    expect(judge(refused, "sev")).toBe("toy is refused on sev, where nothing is in its way: probe says no");
  });

  it("lets pass right answers, other reasons to refuse, and devices of which nothing is known", () => {
    expect(judge(refused, "sme-zen2")).toBeNull();
    expect(judge(ready, "none")).toBeNull();
    expect(judge(refused, "none")).toBeNull();
    expect(judge(refused, "sev", { ...TOY_DRIVER, refuses: device.refuses! })).toBeNull();
    expect(judge(refused, "sev", { ...device, cannotWork: { ...device.cannotWork!, guests: "unknown" } })).toBeNull();
  });
});

describe("what rules say", () => {
  it("names the bit as the platform does", () => {
    const platform = (name: string) => PLATFORMS.find((p) => p.name === name)!;
    expect(attributePhrase(view("vmap", DOMAIN_VM), platform("sev"))).toBe("C=1 (VM key)");
    expect(attributePhrase(view("vmap", DOMAIN_PLAIN), platform("tdx"))).toBe("S=0 (plain)");
  });

  it("has a reason with a source for every platform", () => {
    for (const { name } of PLATFORMS) {
      const configuration = on(name);
      const step = facts({ configuration, views: [view("linear", DOMAIN_VM), view("vmap", DOMAIN_PLAIN)] });
      for (const rule of RULES) {
        expect(rule.why(step).text).toMatch(/\.$/);
        // A manual with its section, or a page of the kernel's documentation, beside whatever code there is.
        expect(`${rule.id} on ${name}: ${rule.why(step).ref}`).toMatch(/AMD APM vol\. \d (?:sec\.|table) \d|RMM specification DEN0137 A\d|Documentation\/[\w/-]+\.rst/);
      }
    }
    // Seven technologies: none, SME, SEV, SNP, vTOM, TDX, CCA.
    expect(new Set(PLATFORMS.map(({ name }) => aliasAttribute.why(facts({ configuration: on(name) })).text)).size).toBe(7);
  });
});
