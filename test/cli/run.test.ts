// SPDX-License-Identifier: MIT
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cbit, parsed } from "../support/cbit.ts";

let folder = "";
const put = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cbit-run-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STORY = 'litmus "t"\nmachine sev\ndevice vmwgfx\npage_alloc A\ncpu_write A linear "SECRET"\nhost: host_read A -> garbage\n';

interface Json {
  readonly files: readonly { readonly file: string; readonly runs: readonly { readonly line: number; readonly ok: boolean; readonly got: string; readonly differences: readonly object[]; readonly violations: readonly { readonly rule: string; readonly line: number }[]; readonly left: number }[] }[];
}

describe("cbit run", () => {
  it("prints a line for each run and a last line, exit 0", () => {
    const file = put("good.litmus", `${STORY}run model:6.12 on sev sev-es expect holds\n`);
    const { exit, out, err } = cbit(["run", file]);
    expect([exit, err]).toEqual([0, ""]);
    expect(out).toBe(
      `ok      ${file}:7 model:6.12 on sev with vmwgfx: holds\nok      ${file}:7 model:6.12 on sev-es with vmwgfx: holds\n\n1 file, 2 runs: all as expected\n`,
    );
  });

  it("tells the story of a run that is not as expected, exit 1", () => {
    const file = put("bad.litmus", `${STORY}run model:6.12 expect stale-view; host -> "SECRET"\n`);
    const { exit, out } = cbit(["run", file]);
    expect(exit).toBe(1);
    expect(out).toContain(`FAILED  ${file}:7 model:6.12 on sev with vmwgfx: expected stale-view, got holds, one step differs\n`);
    expect(out.replaceAll(/\s+/g, " ")).toContain(`${file}:6: host: host_read A -> garbage expected "SECRET" got garbage`);
    expect(out).toContain('     5  cpu_write A linear "SECRET"  =  ok\n');
    expect(out).toMatch(/1 file, 1 run: 0 as expected, 1 FAILED\n$/);
  });

  it("stops a run at a step that ends otherwise, and counts what is left", () => {
    const file = put("stop.litmus", `litmus "t"\nmachine sev-snp\ndevice vmwgfx\npage_alloc A\nhost_write A "x"\npage_free A\nreset costs\nrun model:6.12 expect holds\n`);
    const { exit, out } = cbit(["run", file, "--json"]);
    expect(exit).toBe(1);
    const [run] = parsed<Json>(out).files[0]!.runs;
    expect(run).toMatchObject({ line: 8, ok: false, left: 2, differences: [{ line: 5, step: 'host_write A "x"', expected: "ok", got: "fault host-rmp-fault" }] });
  });

  it("prints cbit.run/1", () => {
    const file = put("json.litmus", `${STORY}run model:6.12 expect holds\nrun model:6.12 on none expect holds; host -> "SECRET"\n`);
    const { exit, out } = cbit(["run", file, "--json"]);
    expect(exit).toBe(0);
    expect(parsed<Json>(out)).toMatchObject({ schema: "cbit.run/1", files: [{ file, title: "t", runs: [{ ok: true, got: "holds", left: 0 }, { ok: true, machine: "none" }] }] });
  });

  it("tells violations with the step that they belong to", () => {
    const file = put("rule.litmus", 'litmus "t"\nmachine sev\ndevice vmwgfx\npage_alloc A\nvmap A prot=decrypted\ncpu_write A vmap "x"\ncpu_read A linear\nrun model:6.12 expect holds\n');
    const { exit, out } = cbit(["run", file, "--json"]);
    expect(exit).toBe(1);
    expect(parsed<Json>(out).files[0]!.runs[0]!.violations.map((v) => `${v.line} ${v.rule}`)).toEqual(["5 alias-attribute", "7 ciphertext-read"]);
  });

  it("finds files below folders, each once, and says where there is none: exit 4", () => {
    const below = join(folder, "below", "deep");
    mkdirSync(below, { recursive: true });
    writeFileSync(join(below, "x.litmus"), `${STORY}run model:6.12 expect holds\n`);
    writeFileSync(join(below, "x.txt"), "not looked at");
    const found = cbit(["run", join(folder, "below"), join(below, "x.litmus")]);
    expect([found.exit, found.out.split("\n").length]).toEqual([0, 4]);
    const empty = join(folder, "empty");
    mkdirSync(empty);
    expect(cbit(["run", empty])).toEqual({ exit: 4, out: "0 files, 0 runs: nothing to run\n", err: "" });
  });

  it.each([
    ["nowhere.litmus", null, "CBIT-145", "there is no such file or folder"],
    ["syntax.litmus", 'litmus "t"\npage_aloc A\n', "CBIT-140", "syntax.litmus:2:1: "],
    ["kernel.litmus", `${STORY}run model:7.0 expect holds\n`, "CBIT-103", "kernel.litmus:7: "],
    ["device.litmus", `${STORY}run model:6.12 with xee expect holds\n`, "CBIT-102", "device.litmus:7: "],
    ["option.litmus", `${STORY}run model:6.12 with xe,msk=3 expect holds\n`, "CBIT-144", 'device.litmus:7: device "xe,msk=3": "msk=3" is none of its options; nearest: mask='.replace("device.litmus", "option.litmus")],
    ["policy.litmus", `${STORY}run model:6.12 policy encryptd expect holds\n`, "CBIT-104", "policy.litmus:7: "],
    ["machine.litmus", `${STORY}run model:6.12 on sev,x=1 expect holds\n`, "CBIT-101", "machine.litmus:7:19: "],
  ])("refuses %s with exit 2, the place and a hint", (name, text, code, message) => {
    const path = text === null ? join(folder, name) : put(name, text);
    const { exit, out, err } = cbit(["run", path]);
    expect([exit, out]).toEqual([2, ""]);
    expect(err).toContain(`[${code}]`);
    expect(err).toContain(message);
    expect(err).toMatch(/^ {2}hint: /m);
  });
});
