// SPDX-License-Identifier: MIT
/** Which commit a kernel source is: what reports say of its base. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gitState } from "../../src/cli/git-state.ts";

let folder = "";
let tree = "";

function git(...args: readonly string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", GIT_AUTHOR_DATE: "2024-01-01T00:00:00Z", GIT_COMMITTER_DATE: "2024-01-01T00:00:00Z" };
  const { status, stdout, stderr } = spawnSync("git", ["-C", tree, "-c", "user.name=A", "-c", "user.email=a@example.org", ...args], { encoding: "utf8", env });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cbit-git-"));
  tree = join(folder, "linux");
  mkdirSync(join(tree, "mm"), { recursive: true });
  git("init", "--quiet", "--initial-branch=fixes");
  writeFileSync(join(tree, "Makefile"), "VERSION = 6\n");
  git("add", ".");
  git("commit", "--quiet", "-m", "one");
  git("tag", "v6.12");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a tree under git", () => {
  it("is its commit, tag and branch", () => {
    expect(gitState(tree)).toEqual({ commit: git("rev-parse", "HEAD"), describe: "v6.12", branch: "fixes", dirty: false, remote: null });
  });

  it("is dirty where a tracked file differs, staged or not, and not for files that git does not know", () => {
    writeFileSync(join(tree, "new.c"), "");
    expect(gitState(tree)!.dirty).toBe(false);
    writeFileSync(join(tree, "Makefile"), "VERSION = 7\n");
    expect(gitState(tree)!.dirty).toBe(true);
    git("add", "Makefile");
    expect(gitState(tree)!.dirty).toBe(true);
    git("commit", "--quiet", "-m", "two");
    const state = gitState(tree)!;
    expect([state.dirty, state.describe]).toEqual([false, `v6.12-1-g${state.commit.slice(0, 7)}`]);
  });

  it("stays as it is: the index is not written, hooks and file system monitors of the repository do not run", () => {
    const hook = join(folder, "ran");
    writeFileSync(join(tree, ".git/monitor"), `#!/bin/sh\ntouch ${hook}\n`, { mode: 0o755 });
    git("config", "core.fsmonitor", ".git/monitor");
    // The index is out of date, and git would refresh it.
    utimesSync(join(tree, "Makefile"), 1, 1);
    const before = [readFileSync(join(tree, ".git/index")).toString("hex"), statSync(join(tree, ".git/index")).mtimeMs];
    expect(gitState(tree)!.dirty).toBe(false);
    expect([readFileSync(join(tree, ".git/index")).toString("hex"), statSync(join(tree, ".git/index")).mtimeMs]).toEqual(before);
    expect(statSync(hook, { throwIfNoEntry: false })).toBeUndefined();
    git("config", "--unset", "core.fsmonitor");
  });

  it("names where it was cloned from, without the password", () => {
    git("remote", "add", "origin", "https://me:secret@git.example.org/linux.git");
    git("checkout", "--quiet", "--detach");
    expect(gitState(tree)).toMatchObject({ remote: "https://git.example.org/linux.git", branch: null });
  });

  it("is not asked of what stands above: a source that was unpacked within another repository has no commit", () => {
    expect(gitState(join(tree, "mm"))).toBeNull();
    expect(gitState(folder)).toBeNull();
  });
});
