// SPDX-License-Identifier: MIT
/** The examples that each help page ends with, and a place to run them in. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { pathOf } from "../../src/cli/command-path.ts";
import { createContext } from "../../src/cli/context.ts";
import { COMMAND_NAMES, programOf } from "../../src/cli/program.ts";

const BIN = join(process.cwd(), "bin/cbit.js");

export interface HelpExample {
  /** "cbit tree prepare". */
  readonly page: string;
  readonly line: string;
}

function pagesOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(pagesOf)];
}

/** The examples of all pages. */
export async function helpExamples(): Promise<HelpExample[]> {
  const context = createContext(process, false);
  const pages: Command[] = [await programOf(null, context)];
  for (const name of COMMAND_NAMES) pages.push(...pagesOf((await programOf(name, context)).commands.find((c) => c.name() === name)!));
  return pages.flatMap((page) => {
    let text = "";
    page.configureOutput({ writeOut: (part) => (text += part) });
    page.outputHelp();
    return (text.split("Examples:\n")[1] ?? "").split("\n").flatMap((l) => (l.startsWith("  $ ") ? [{ page: pathOf(page), line: l.slice(4) }] : []));
  });
}

/** True where an example takes a kernel source. */
export const takesTree = ({ line }: HelpExample): boolean => /linux-/.test(line);

/** A home in which examples run. @param linux a kernel source, where its examples look for one; null for none */
export class ExamplePlace {
  private readonly home = mkdtempSync(join(tmpdir(), "cbit-examples-"));
  private readonly linux: string | null;
  private readonly cache: string;

  constructor(linux: string | null, cache: string | null) {
    this.linux = linux;
    this.cache = cache ?? join(this.home, "cache");
    for (const folder of [".config/fish/completions", ".local/share/bash-completion/completions", "src"]) mkdirSync(join(this.home, folder), { recursive: true });
    symlinkSync(join(process.cwd(), "litmus"), join(this.home, "litmus"));
    if (linux === null) return;
    for (const name of ["src/linux-source-6.12", "linux-6.12"]) symlinkSync(linux, join(this.home, name));
    symlinkSync(join(linux, "tools"), join(this.home, "tools"));
    // A patch that changes nothing of what runs: a comment at the end of a file.
    const file = "drivers/gpu/drm/ttm/ttm_tt.c";
    writeFileSync(join(this.home, "edit.sh"), `diff -u --label a/${file} --label b/${file} ${linux}/${file} <(cat ${linux}/${file}; echo '/* fixed */') > 0001-drm-ttm-fix.patch; true`);
    spawnSync("bash", ["edit.sh"], { cwd: this.home });
  }

  /** Runs a line. @param more options for what would take minutes otherwise */
  run(line: string, more = ""): { readonly exit: number | null; readonly out: string; readonly err: string } {
    const here = this.linux === null ? line : line.replace("/usr/src/linux-source-6.12", "linux-6.12");
    const script = `set -o pipefail; cbit() { '${process.execPath}' '${BIN}' "$@"; }\n${here}${more}`;
    const { status, stdout, stderr } = spawnSync("bash", ["-c", script], { cwd: this.home, encoding: "utf8", env: { ...process.env, HOME: this.home, CBIT_CACHE: this.cache }, maxBuffer: 1 << 28 });
    return { exit: status, out: stdout, err: stderr };
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
