// SPDX-License-Identifier: MIT
/** The world as `src/tree` sees it, on Node. */

import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { access, constants, link, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CbitError, EXIT } from "../base/index.ts";
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

/** Thousands of files are looked at: a call of its own for each would take longer than the look. */
async function fileStat(path: string): Promise<FileStat | null> {
  try {
    const s = statSync(path);
    return { kind: s.isFile() ? "file" : s.isDirectory() ? "directory" : "other", bytes: s.size, modified: s.mtimeMs };
  } catch {
    return null;
  }
}

/** What the user can mend outside of cbit: errors of the file system that say so. */
const ENVIRONMENT_ERRORS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EIO: "input/output error",
  ENOSPC: "no space is left",
  ENOTDIR: "a part of the path is not a folder",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
};

/** Does something that writes to `path`. @throws CbitError (exit 6) where the file system does not let it */
async function writing<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const why = ENVIRONMENT_ERRORS[(error as NodeJS.ErrnoException).code ?? ""];
    if (why === undefined) throw error;
    throw new CbitError({ code: "CBIT-402", exit: EXIT.environment, message: `cannot write ${path}: ${why}`, hint: "Set CBIT_CACHE to a folder that can be written.", cause: error });
  }
}

/** When a process began, in the kernel's ticks; "" where that is not known. Tells a process from a later one with its number. */
async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // Field 22; the second one, the name, is in parentheses and can have blanks. Ref: proc_pid_stat(5).
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

/** @param owner "PID START", as `lock` writes it */
async function isAlive(owner: string): Promise<boolean> {
  const [pid = "", start = ""] = owner.trim().split(" ");
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return Number(pid) > 0 && (start === "" || (await startOf(Number(pid))) === start);
}

/** Takes the lock of a process that is gone away. Another process may have replaced it in between: then it is put back. */
async function breakLock(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomBytes(8).toString("hex")}`;
  await rename(path, aside).catch(() => undefined);
  const moved = await readFile(aside, "utf8").catch(() => stale);
  if (moved !== stale) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

/** A file with the owner's process number and start, complete from the moment it is there. */
async function lock(path: string): Promise<() => Promise<void>> {
  const mine = `${path}.${randomBytes(8).toString("hex")}`;
  await writing(mine, async () => writeFile(mine, `${process.pid} ${await startOf(process.pid)}\n`));
  try {
    for (;;) {
      try {
        await link(mine, path);
        return () => rm(path, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const owner = await readFile(path, "utf8").catch(() => null);
      if (owner !== null && !(await isAlive(owner))) await breakLock(path, owner);
      else await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** Removes a folder even while a process that is about to end still writes into it. */
const REMOVE = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const;
const HERE = dirname(fileURLToPath(import.meta.url));

/** @param toolVersion the version of cbit */
export function createHost(toolVersion: string): Host {
  return {
    processors: availableParallelism(),
    guestDirectory: join(HERE, "../../src/tree/guest"),
    toolDirectory: join(HERE, "../tree"),
    toolVersion,
    llvm: process.env["CBIT_LLVM"] ?? "",
    run,
    findProgram,
    readBytes: (path) => readFile(path),
    readText: (path) => readFile(path, "utf8"),
    write: (path, data) => writing(path, () => writeFile(path, data)),
    rename: (from, to) => writing(to, () => rename(from, to)),
    makeDirectory: (path) => writing(path, async () => void (await mkdir(path, { recursive: true }))),
    remove: (path) => writing(path, () => rm(path, REMOVE)),
    list: async (path) => (await readdir(path).catch(() => [])).sort(),
    stat: fileStat,
    realPath: (path) => realpath(path),
    lock,
    hash: (data) => createHash("sha256").update(data).digest("hex"),
    uniqueName: () => randomBytes(8).toString("hex"),
  };
}
