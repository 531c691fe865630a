// SPDX-License-Identifier: MIT
// How an access finds its block and how a partial one changes it, with mappings made by hand.
import { describe, expect, it } from "vitest";
import { dmaAddr, pfn } from "../base/index.ts";
import { TestMachine } from "../machine/test-machine.ts";
import { accessProblem, type Mappings, runAccess, viewsOfPage } from "./mappings.ts";
import type { View } from "./observations.ts";
import type { AccessOperation, StepResult } from "./operations.ts";

/** Page 0 of buffer 0 is frame 0x11: linear with C=1, vmap with C=0, the device without the C-bit. Nothing else is mapped. */
function world(options: { cells?: number; platform?: string } = {}): { t: TestMachine; run: (operation: AccessOperation) => StepResult; mappings: Mappings } {
  const { cells = 256, platform = "sme-zen2" } = options;
  const t = new TestMachine({ platform, ram: { cells } });
  const at = { linear: t.map(1, 0x11, platform !== "none"), vmap: t.map(2, 0x11, false) };
  const here = (buf: number, page: number): boolean => buf === 0 && page === 0;
  const mappings: Mappings = {
    cpu: (buf, page, alias) => (here(buf, page) && (alias === "linear" || alias === "vmap") ? { root: t.root, va: at[alias] } : null),
    frame: (buf, page) => (here(buf, page) ? pfn(0x11) : null),
    device: (buf, page) => (here(buf, page) ? { address: dmaAddr(0x11000), domain: null } : null),
  };
  return { t, mappings, run: (operation) => runAccess(t.m, { addressBits: 44 }, mappings, operation) };
}

const write = (alias: "linear" | "vmap", value: number, at = 0, bytes = 16): AccessOperation => ({ op: "cpu_write", buf: 0, page: 0, alias, value, at, bytes });
const read = (alias: "linear" | "vmap", at = 0): AccessOperation => ({ op: "cpu_read", buf: 0, page: 0, alias, at });

/** The token read; null for garbage. */
function token(result: StepResult): number | null | undefined {
  return result.outcome === "done" ? result.seen?.token : undefined;
}

describe("an access", () => {
  it("reaches its own block of the page, by CPU, device and host alike", () => {
    const { run } = world();
    for (const at of [0, 16, 4080]) expect(run(write("vmap", at + 1, at))).toEqual({ outcome: "done", seen: null });
    for (const at of [0, 16, 4080]) {
      expect(token(run(read("vmap", at)))).toBe(at + 1);
      expect(token(run({ op: "dev_read", buf: 0, page: 0, at }))).toBe(at + 1);
      expect(token(run({ op: "host_read", buf: 0, page: 0, at }))).toBe(at + 1);
    }
    expect(token(run(read("vmap", 32)))).toBeNull();
    run({ op: "dev_write", buf: 0, page: 0, value: 77, at: 16 });
    run({ op: "host_write", buf: 0, page: 0, value: 78, at: 4080 });
    expect([0, 16, 4080].map((at) => token(run(read("vmap", at))))).toEqual([1, 77, 78]);
  });

  it("says what was read, in which domain, and in which it was stored: host key 1, plain 0", () => {
    const { run } = world();
    run(write("linear", 5));
    // "cbit", "tok#", 5 and its complement, little endian.
    expect(run(read("linear"))).toEqual({ outcome: "done", seen: { bytes: "63626974746f6b2305000000faffffff", token: 5, storedIn: 1, readIn: 1 } });
    expect(run(read("vmap"))).toMatchObject({ outcome: "done", seen: { token: null, storedIn: 1, readIn: 0 } });
  });

  it("ends in a fault where nothing is mapped, of the agent's own kind", () => {
    const { run } = world();
    const fault = (operation: AccessOperation): string => {
      const result = run(operation);
      return result.outcome === "fault" ? result.fault.fault : result.outcome;
    };
    expect(fault({ op: "cpu_read", buf: 0, page: 0, alias: "user" })).toBe("page-fault");
    expect(fault({ op: "cpu_write", buf: 0, page: 1, alias: "linear", value: 1 })).toBe("page-fault");
    expect(fault({ op: "dev_write", buf: 1, page: 0, value: 1 })).toBe("io-page-fault");
    expect(fault({ op: "host_read", buf: 0, page: 3 })).toBe("no-memory-there");
  });
});

describe("a partial write", () => {
  it("leaves the rest of the block through the right attribute", () => {
    const { run } = world();
    run(write("vmap", 5));
    run(write("vmap", 9, 0, 12));
    const result = run(read("vmap"));
    expect(result).toMatchObject({ seen: { bytes: "63626974746f6b2309000000faffffff", token: null } });
  });

  it("garbles all of its block, and no other, through the wrong one", () => {
    const { run } = world();
    for (const at of [0, 16, 32]) run(write("linear", at + 1, at));
    run(write("vmap", 9, 16, 1));
    expect([0, 16, 32].map((at) => token(run(read("linear", at))))).toEqual([1, null, 33]);
    run({ op: "dev_write", buf: 0, page: 0, value: 9, at: 32, bytes: 8 });
    expect([0, 16, 32].map((at) => token(run(read("linear", at))))).toEqual([1, null, null]);
  });

  it("of all 16 bytes is a whole one", () => {
    const { run } = world({ cells: 1 });
    run(write("vmap", 5));
    run(write("vmap", 6, 0, 16));
    expect(token(run(read("vmap")))).toBe(6);
  });
});

describe("accessProblem", () => {
  const at = (offset: number, cells = 256): string | null => accessProblem(read("vmap", offset), cells);
  const bytes = (count: number): string | null => accessProblem(write("vmap", 1, 0, count), 1);

  it("takes multiples of 16 within the page, and 1 to 16 bytes", () => {
    expect([0, 16, 4080].map((offset) => at(offset))).toEqual([null, null, null]);
    expect([1, 15, 16].map(bytes)).toEqual([null, null, null]);
    expect(accessProblem({ op: "host_write", buf: 0, page: 0, value: 1 }, 1)).toBeNull();
  });

  it("names what is wrong otherwise", () => {
    for (const offset of [-16, 8, 17, 4096, 1.5, Number.NaN]) expect(at(offset)).toBe(`at=${offset} is no multiple of 16 from 0 to 4080`);
    for (const count of [0, 17, -1, 2.5]) expect(bytes(count)).toBe(`bytes=${count} is not from 1 to 16`);
  });

  it("asks for a machine that keeps the block", () => {
    expect(at(16, 1)).toBe("at=16 needs a machine with cells=256: this one has 1 to a page");
    expect([0, 2048].map((offset) => at(offset, 2))).toEqual([null, null]);
    expect(at(1024, 2)).toMatch(/needs a machine with cells=256/);
  });

  it("is asserted where the access runs: no block is taken for another", () => {
    expect(() => world({ cells: 1 }).run(read("vmap", 16))).toThrow(/cpu_read: at=16 needs/);
    expect(() => world().run(write("vmap", 1, 0, 17))).toThrow(/cpu_write: bytes=17/);
  });
});

describe("views", () => {
  it("show each live mapping of a page with its attribute and domain, in the order of the aliases, the device last", () => {
    const { t, mappings } = world();
    const chooser = { function: "f", file: "x.c" };
    const views: View[] = [];
    viewsOfPage(t.m, { addressBits: 44 }, mappings, { cpu: () => chooser, device: () => chooser }, 0, 0, views);
    expect(views.map((v) => [v.kind, v.cBit, v.domain, v.pfn, v.cache, v.address])).toEqual([
      ["linear", true, 1, 0x11, "WB", "0x1000"],
      ["vmap", false, 0, 0x11, "WB", "0x2000"],
      ["device", false, 0, 0x11, null, "0x11000"],
    ]);
  });

  it("leave out a device view that the device's address lines do not reach", () => {
    const { t, mappings } = world();
    const chooser = { function: "f", file: "x.c" };
    const views: View[] = [];
    viewsOfPage(t.m, { addressBits: 16 }, mappings, { cpu: () => chooser, device: () => chooser }, 0, 0, views);
    expect(views.map((v) => v.kind)).toEqual(["linear", "vmap"]);
  });
});
