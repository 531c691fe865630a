// SPDX-License-Identifier: MIT
/** Completion: what is offered where, from the parser's own definitions; and the scripts, in the shells themselves. */

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pathOf } from "../../src/cli/command-path.ts";
import { ARGUMENT_VALUES, OPTION_VALUES } from "../../src/cli/complete/taken.ts";
import { wordsOf } from "../../src/cli/complete/words.ts";
import { createContext } from "../../src/cli/context.ts";
import { COMMAND_NAMES, programOf } from "../../src/cli/program.ts";
import { cbit } from "../support/cbit.ts";

let folder = "";
const shells: Record<string, string> = {};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cbit-completion-"));
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "linux-6.12"));
  mkdirSync(join(folder, "a b"));
  for (const file of ["one.litmus", "mine.json", "0001.patch"]) writeFileSync(join(folder, file), "");
  writeFileSync(join(folder, "bin/cbit"), `#!/bin/sh\nexec ${process.execPath} ${join(process.cwd(), "bin/cbit.js")} "$@"\n`);
  chmodSync(join(folder, "bin/cbit"), 0o755);
  shells["PATH"] = `${join(folder, "bin")}:${process.env["PATH"]}`;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The candidates for a line. */
function offered(line: string): string[] {
  const { exit, out, err } = cbit(["__complete", "--line", line]);
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  return out.split("\n").slice(1, -1).map((l) => l.split("\t")[0]!);
}

function inShell(command: string, args: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8", env: { ...process.env, ...shells, HOME: folder, TERM: "dumb" } });
  expect(stderr).toBe("");
  return stdout.split("\n").slice(0, -1);
}

describe("completion", () => {
  it("knows what every option and every argument of every command takes", async () => {
    const missing: string[] = [];
    const look = (command: Command): void => {
      for (const o of command.options) if (o.required && o.long !== "--format" && !Object.hasOwn(OPTION_VALUES, o.long!)) missing.push(`${pathOf(command)} ${o.long}`);
      if (command.registeredArguments.length > (ARGUMENT_VALUES[pathOf(command)] ?? []).length) missing.push(`an argument of ${pathOf(command)}`);
      command.commands.forEach(look);
    };
    for (const name of COMMAND_NAMES) look((await programOf(name, createContext(process, false))).commands.find((c) => c.name() === name)!);
    expect(missing).toEqual([]);
  });

  it.each<readonly [string, readonly string[]]>([
    ["cbit ", ["check", "explain", "explore", "run", "compare", "kunit", "list", "tree", "completion", "doctor", "help"]],
    ["cbit tree ", ["prepare", "list", "services", "forget"]],
    ["cbit help do", ["doctor"]],
    ["cbit help tree ", ["prepare", "list", "services", "forget"]],
    ["cbit check --mac", ["--machine"]],
    ["cbit explore --no-", ["--no-symmetry", "--no-partial-order"]],
    ["cbit check --machine sme-", ["sme-zen2", "sme-zen3", "sme-zen4"]],
    ["cbit check --machine sme-zen2", ["sme-zen2", "sme-zen2,"]],
    ["cbit check --machine sme-zen2,io", ["sme-zen2,iommu="]],
    ["cbit check --machine sme-zen2,iommu=", ["sme-zen2,iommu=off", "sme-zen2,iommu=identity", "sme-zen2,iommu=translated"]],
    ["cbit check --machine=sev,swiotlb=f", ["--machine=sev,swiotlb=force"]],
    ["cbit check --machine sev,swiotlb=force,sw", ["sev,swiotlb=force,swiotlb-pages="]],
    ["cbit check --machine sev,granule", []],
    ["cbit check --machine cca,granule=", ["cca,granule=4096", "cca,granule=16384", "cca,granule=65536"]],
    ["cbit check --device xe-", ["xe-xelp", "xe-pvc"]],
    ["cbit check --policy enc", ["encrypted"]],
    ["cbit check --policy 'enc", ["encrypted"]],
    ["cbit check --workload ttm-buffer,", ["ttm-buffer,buffers=", "ttm-buffer,pages="]],
    ["cbit check --workload ttm-buffer,buffers=2,", ["ttm-buffer,buffers=2,pages="]],
    ["cbit check --kernel ", ["model:6.12", "model:6.1", "model:proposed", "tree:"]],
    ["cbit check --kernel model:6.12-71", ["model:6.12-71ce046327cf"]],
    ["cbit check --states ", []],
    ["cbit compare model:6.1 model:p", ["model:proposed"]],
    ["cbit kunit --format j", ["json", "junit"]],
    ["cbit kunit . ttm_b", ["ttm_bo", "ttm_bo_validate"]],
    ["cbit explain vmwg", ["vmwgfx@", "vmwgfx-restricted@"]],
    ["cbit explain vmwgfx@sev-e", ["vmwgfx@sev-es/"]],
    ["cbit explain xe@sme-zen2", ["xe@sme-zen2,"]],
    ["cbit explain xe@sme-zen2,iommu=o", ["xe@sme-zen2,iommu=off/"]],
    ["cbit explain xe@sev/stale", ["xe@sev/stale-view"]],
    ["cbit list re", ["releases"]],
    ["cbit tree services --module contr", ["contract", "contract-arm64"]],
    ["cbit run litmus/b01", ["litmus/b01-ttm-decrypted.litmus"]],
    ["cbit completion ", ["bash", "zsh", "fish"]],
    ["cbit nonsense ", []],
  ])("offers for `%s`", (line, candidates) => {
    expect(offered(line)).toEqual(candidates);
  });

  it("says what candidates are", () => {
    expect(cbit(["__complete", "--", "check", "--policy", "vm"]).out).toMatch(/^vm-local\t\S.*\n$/);
  });

  it("offers files and folders where they belong", () => {
    const at = (name: string): string => join(folder, name);
    expect(offered(`cbit check --machine ${at("mi")}`)).toEqual([at("mine.json")]);
    expect(offered(`cbit check --patch ${at("0")}`)).toEqual([at("0001.patch")]);
    expect(offered(`cbit check --kernel tree:${at("lin")}`)).toEqual([`tree:${at("linux-6.12/")}`]);
    expect(offered(`cbit tree prepare ${folder}/`)).toEqual([at("a b/"), at("bin/"), at("linux-6.12/")]);
    expect(offered(`cbit run ${folder}/o`)).toEqual([at("one.litmus")]);
    expect(offered("cbit run /no/such/folder/")).toEqual([]);
  });

  it("splits lines as shells do", () => {
    expect(wordsOf("cbit  check ")).toEqual(["cbit", "check", ""]);
    expect(wordsOf(`a 'b c' "d \\" e" f\\ g 'h`)).toEqual(["a", "b c", 'd " e', "f g", "h"]);
    expect(wordsOf("")).toEqual([""]);
  });
});

const LINES = [
  ["cbit che", "cbit check "],
  ["cbit check --mach", "cbit check --machine "],
  ["cbit check --machine sme-zen2,iommu=o", "cbit check --machine sme-zen2,iommu=off "],
  ["cbit check --machine=sme-zen2,iommu=o", "cbit check --machine=sme-zen2,iommu=off "],
  ["cbit check --machine sev,io", "cbit check --machine sev,iommu="],
  ["cbit check --kernel mod", "cbit check --kernel model:"],
  ["cbit check --kernel model:6.12-71", "cbit check --kernel model:6.12-71ce046327cf "],
  ["cbit check --kernel tree:lin", "cbit check --kernel tree:linux-6.12/"],
  ["cbit explain xe@sme-z", "cbit explain xe@sme-zen"],
  ["cbit explain xe@sme-zen2", "cbit explain xe@sme-zen2,"],
  ["cbit explain xe@sev/st", "cbit explain xe@sev/stale-view "],
  ["cbit tree prepare a", "cbit tree prepare a\\ b/"],
  ["cbit run on", "cbit run one.litmus "],
] as const;

describe("the scripts, in the shells", () => {
  it.each(["bash", "zsh"])("%s: TAB on a terminal completes the line", (shell) => {
    expect(inShell("zsh", ["-f", join(process.cwd(), "test/support/complete-in-shell.zsh"), shell, ...LINES.map(([typed]) => typed)])).toEqual(LINES.map(([, line]) => line));
  });

  it("fish: offers the same words, with what they are", () => {
    const complete = (line: string): string[] => inShell("fish", ["--no-config", "-c", `source (cbit completion fish | psub); complete -C '${line}'`]);
    expect(complete("cbit check --machine sme-zen2,iommu=")).toEqual(["sme-zen2,iommu=identity", "sme-zen2,iommu=off", "sme-zen2,iommu=translated"]);
    expect(complete("cbit check --machine=sme-zen2,iommu=o")).toEqual(["--machine=sme-zen2,iommu=off"]);
    expect(complete("cbit tree prep")).toEqual([expect.stringMatching(/^prepare\tCompiles/)]);
    expect(complete("cbit explain xe@sev/st")).toEqual([expect.stringMatching(/^xe@sev\/stale-view\t/)]);
    expect(complete("cbit check --kernel tree:lin")).toEqual(["tree:linux-6.12/"]);
    expect(complete("cbit check --states ")).toEqual([]);
  });

  it("refuses other shells", () => {
    expect(cbit("completion zhs")).toMatchObject({ exit: 2, err: expect.stringContaining('there is no completion for "zhs"; nearest: zsh') });
  });
});
