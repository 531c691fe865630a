// SPDX-License-Identifier: MIT
/** Programs as whole processes: how long, how large. */

import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CbitError, EXIT } from "../dist/base/index.js";

/** What the comparison needs; all are packages of Debian under the same name. */
export const TOOLS = ["spin", "rumur", "gcc"] as const;

/** The repository: this file runs from `bench` and, compiled, from `dist-bench`. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));

/** What is not on the path. */
export function missingTools(): readonly string[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return TOOLS.filter((tool) => !folders.some((folder) => isExecutable(join(folder, tool))));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @throws CbitError where a tool is missing: all of them are named, with the command that brings them */
export function requireTools(): void {
  const missing = missingTools();
  if (missing.length === 0) return;
  throw new CbitError({
    code: "CBIT-203",
    exit: EXIT.environment,
    message: `the comparison needs programs that are not installed: ${missing.join(", ")}`,
    hint: `apt-get install ${missing.join(" ")}`,
  });
}

export interface Run {
  readonly status: number;
  readonly stdout: string;
  /** Start to end of the process. */
  readonly seconds: number;
  /** On all cores, in the kernel too. */
  readonly cpuSeconds: number;
  /** The peak of its resident set; of the largest process where there are several. */
  readonly rssBytes: number;
}

/** Runs programs in folders of its own, and measures them. */
export class Lab {
  private readonly folder: string = mkdtempSync(join(tmpdir(), "cbit-bench-"));
  private readonly wrapper: string = join(this.folder, "rusage");
  private folders = 0;

  constructor() {
    execute(["gcc", "-O2", "-o", this.wrapper, join(ROOT, "bench", "rusage.c")], this.folder);
  }

  /** A new empty folder. */
  newFolder(): string {
    return mkdtempSync(join(this.folder, `${this.folders++}-`));
  }

  /**
   * Runs a program to its end.
   * @param accept exit codes that are no failure
   * @throws Error with what the program said, where it ends in another way
   */
  run(command: readonly string[], cwd: string, accept: readonly number[] = [0]): Run {
    const usage = join(this.folder, "usage");
    const { status, stdout } = execute([this.wrapper, usage, ...command], cwd, accept);
    const [seconds, cpuSeconds, kib] = readFileSync(usage, "utf8").trim().split(" ").map(Number);
    return { status, stdout, seconds: seconds!, cpuSeconds: cpuSeconds!, rssBytes: kib! * 1024 };
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function execute(command: readonly string[], cwd: string, accept: readonly number[] = [0]): { readonly status: number; readonly stdout: string } {
  const [program, ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(program!, args, { cwd, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (error !== undefined) throw error;
  if (status === null || !accept.includes(status)) {
    throw new Error(`${command.join(" ")}: ended with ${status}\n${`${stdout}${stderr}`.slice(-4000)}`);
  }
  return { status, stdout };
}
