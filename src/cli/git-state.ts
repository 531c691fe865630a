// SPDX-License-Identifier: MIT
/** Which commit a kernel source is, asked of git without writing anything or running what the repository may bring along. */

import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import type { GitState } from "../report/index.ts";

/** Nothing of the repository's is run. */
const SETTINGS = ["core.fsmonitor=false", "core.hooksPath=/dev/null", "core.untrackedCache=false"].flatMap((s) => ["-c", s]);

/** A remote as others may see it: without name and password. */
function publicUrl(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^/@]*@/, "$1");
}

/** @returns null where the folder is not the top of a git work tree, has no commit, or there is no git */
export function gitState(folder: string): GitState | null {
  const git = (...args: readonly string[]): string | null => {
    // Variables of an outer git, such as a hook's, would lead elsewhere. Without optional locks the index stays as it is.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
    const ran = spawnSync("git", [...SETTINGS, "-C", folder, ...args], { encoding: "utf8", env: { ...env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" }, maxBuffer: 1 << 26 });
    return ran.status === 0 ? ran.stdout.trim() : null;
  };
  const top = git("rev-parse", "--show-toplevel");
  if (top === null || realpathSync(top) !== realpathSync(folder)) return null;
  const commit = git("rev-parse", "--verify", "HEAD");
  const changed = git("status", "--porcelain", "--untracked-files=no", "--ignore-submodules=none");
  if (commit === null || changed === null) return null;
  const remote = git("config", "--get", "remote.origin.url");
  return { commit, describe: git("describe", "--tags", "--always") ?? commit.slice(0, 12), branch: git("symbolic-ref", "--short", "--quiet", "HEAD"), dirty: changed !== "", remote: remote === null ? null : publicUrl(remote) };
}
