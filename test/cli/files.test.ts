// SPDX-License-Identifier: MIT
/** Devices and machines of the user's own, in files, through all commands that take them. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cbit, parsed } from "../support/cbit.ts";

let folder = "";
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cbit-files-"));
  mkdirSync(at("folder.json"));
  writeFileSync(at("mine.json"), '{"schema": "cbit.device/1", "name": "mine", "like": "amdgpu-gfx9.4.3", "dma_mask_bits": 40}');
  writeFileSync(at("m @1.json"), '{"schema": "cbit.machine/1", "platform": "sme-zen2", "options": {"iommu": "off"}}');
  writeFileSync(at("bad.json"), '{"schema": "cbit.device/1", "name": "mine",\n  "dma_mask_bits": "44"}');
});
afterAll(() => rmSync(folder, { recursive: true }));

interface CheckJson {
  readonly cases: readonly { readonly device: string; readonly machine: string; readonly verdict: string; readonly findings: readonly { readonly id: string; readonly replay: string }[] }[];
}

describe("files of the user's own", () => {
  it("are checked; their ids and tokens bring them back", () => {
    // Zen 2 has C-bit 47: the known device with 48 bits holds there, one with 40 does not.
    const ran = cbit(["check", "--device", at("mine.json"), "--device", "amdgpu-gfx9.4.3", "--machine", at("m @1.json"), "--json"]);
    expect(ran).toMatchObject({ exit: 1, err: "" });
    const [mine, known] = parsed<CheckJson>(ran.out).cases;
    expect(mine).toMatchObject({ verdict: "broken", device: at("mine.json"), machine: `${folder}/m%20%401.json` });
    expect(known).toMatchObject({ verdict: "holds", device: "amdgpu-gfx9.4.3" });
    const [finding] = mine!.findings;
    for (const name of [finding!.id, finding!.replay]) {
      const told = cbit(["explain", name]);
      expect(told.err).toBe("");
      expect(told.exit).toBe(1);
      expect(told.out).toContain("ciphertext-read");
    }
    // The line that is printed is one for a shell.
    expect(finding!.replay).toMatch(/^[\w./:,=@%+-]+$/);
  });

  it.each([
    ["none", "bad.json", /bad\.json:2:20: dma_mask_bits must be a whole number from 24 to 64, not "44" \[CBIT-132\]/],
    ["none", "no.json", /cannot read the device file .*no\.json: there is no such file \[CBIT-130\]/],
    ["none", "folder.json", /it is a folder \[CBIT-130\]/],
    ["bad.json", "mine.json", /bad\.json:1:12: schema must be one of "cbit.machine\/1", not "cbit.device\/1" \[CBIT-132\]/],
  ])("name place and reason: --machine %s --device %s", (machine, device, message) => {
    const machineArgument = machine === "none" ? machine : at(machine);
    const ran = cbit(["check", "--device", at(device), "--machine", machineArgument]);
    expect(ran.err).toMatch(message);
    expect(ran.exit).toBe(2);
    expect(ran.err).toContain("hint: ");
  });

  it.each([
    ["device", "cbit.device-1"],
    ["devices", "cbit.device-1"],
    ["machine", "cbit.machine-1"],
  ])("have a schema: cbit list %s --schema", (what, file) => {
    const ran = cbit(`list ${what} --schema`);
    expect(ran).toMatchObject({ exit: 0, err: "" });
    expect(ran.out).toBe(readFileSync(`docs/schemas/${file}.json`, "utf8"));
  });

  it("have no schema beside these", () => {
    for (const args of ["list rules --schema", "list --schema"]) expect(cbit(args)).toMatchObject({ exit: 2, out: "" });
  });
});
