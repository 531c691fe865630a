// SPDX-License-Identifier: MIT
/** The world as `src/tree` sees it, on Node. */

import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { access, constants, mkdir, open, readdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CommandOptions, CommandResult, FileStat, Host } from "../tree/index.ts";

const TIMED_OUT = 124;
const NOT_FOUND = 127;
const LOCK_POLL_MS = 200;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function run(command: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const [program, ...args] = command;
  return new Promise((resolve) => {
    // A group of its own, so that a timeout or an interrupt ends make's children too.
    const child = spawn(program!, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let stdout = "";
    let stderr = "";
    let partial = "";
    let timedOut = false;
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      } catch {
        // It has ended.
      }
    };
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => ((timedOut = true), kill()), options.timeoutMs);
    process.once("exit", kill);
    const interrupted = (signal: NodeJS.Signals): void => {
      kill();
      for (const name of SIGNALS) process.removeListener(name, interrupted);
      process.kill(process.pid, signal);
    };
    for (const name of SIGNALS) process.on(name, interrupted);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (options.onLine === undefined) return;
      const lines = (partial + text).split("\n");
      partial = lines.pop()!;
      lines.forEach(options.onLine);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const end = (status: number): void => {
      clearTimeout(timer);
      process.removeListener("exit", kill);
      for (const name of SIGNALS) process.removeListener(name, interrupted);
      resolve({ status: timedOut ? TIMED_OUT : status, stdout, stderr });
    };
    child.on("error", () => end(NOT_FOUND));
    child.on("close", (code) => end(code ?? 128));
  });
}

async function findProgram(name: string): Promise<string | null> {
  for (const folder of (process.env["PATH"] ?? "").split(":")) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

async function fileStat(path: string): Promise<FileStat | null> {
  try {
    const s = await stat(path);
    return { kind: s.isFile() ? "file" : s.isDirectory() ? "directory" : "other", bytes: s.size, modified: s.mtimeMs };
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A file with the owner's process id; one whose owner is gone does not count. */
async function lock(path: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      const file = await open(path, "wx");
      await file.write(`${process.pid}\n`);
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = Number(await readFile(path, "utf8").catch(() => "0"));
    if (owner !== 0 && !isAlive(owner)) await rm(path, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
}

/** @param toolVersion the version of cbit */
export function createHost(toolVersion: string): Host {
  return {
    processors: availableParallelism(),
    guestDirectory: join(dirname(fileURLToPath(import.meta.url)), "../../src/tree/guest"),
    toolVersion,
    run,
    findProgram,
    readBytes: (path) => readFile(path),
    readText: (path) => readFile(path, "utf8"),
    write: (path, data) => writeFile(path, data),
    rename,
    makeDirectory: async (path) => void (await mkdir(path, { recursive: true })),
    remove: (path) => rm(path, { recursive: true, force: true }),
    list: async (path) => (await readdir(path).catch(() => [])).sort(),
    stat: fileStat,
    realPath: (path) => realpath(path),
    lock,
    hash: (data) => createHash("sha256").update(data).digest("hex"),
    uniqueName: () => randomBytes(8).toString("hex"),
  };
}
