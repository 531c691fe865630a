// SPDX-License-Identifier: MIT
/**
 * Applies patches to copies of the files that they touch, in a git repository of its own in the cache: `git am` for mails,
 * `git apply` for diffs. The tree itself is only read. What came out is kept by the contents of patches and files.
 */

import type { Host } from "../host.ts";
import type { Source } from "../build/source.ts";
import { gitMissing, notApplied } from "./failure.ts";
import { kindOf, namedFiles, type PatchFile } from "./patch-file.ts";

/** One patch as it was applied: a mail, or a diff. */
export interface AppliedPatch {
  /** The file that it came from. */
  readonly file: string;
  /** "Name <address>"; null for a diff. */
  readonly author: string | null;
  /** Its first line; null for a diff. */
  readonly subject: string | null;
}

/** What patches make of a tree. */
export interface Patched {
  /** Stands for the contents of patches and files. */
  readonly id: string;
  /** Its folder in the cache. */
  readonly folder: string;
  readonly patches: readonly AppliedPatch[];
  /** By path within the tree. */
  readonly changes: Readonly<Record<string, "modified" | "added" | "deleted">>;
}

/** Of git's environment all that could lead it to another repository, or run something. */
function environment(work: string): Record<string, string> {
  const person = { NAME: "cbit", EMAIL: "cbit@localhost", DATE: "2000-01-01T00:00:00Z" };
  const persons = ["AUTHOR", "COMMITTER"].flatMap((who) => Object.entries(person).map(([key, value]) => [`GIT_${who}_${key}`, value] as const));
  return {
    ...Object.fromEntries(persons),
    GIT_DIR: `${work}/.git`,
    GIT_WORK_TREE: work,
    GIT_INDEX_FILE: `${work}/.git/index`,
    GIT_OBJECT_DIRECTORY: `${work}/.git/objects`,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    LC_ALL: "C",
  };
}

const SETTINGS = ["core.hooksPath=/dev/null", "core.fsync=none", "core.autocrlf=false", "commit.gpgSign=false", "gc.auto=0", "advice.mergeConflict=false"].flatMap((s) => ["-c", s]);

/** The file's contents; null where there is none. */
async function contents(host: Host, path: string): Promise<Uint8Array | null> {
  return (await host.stat(path))?.kind === "file" ? host.readBytes(path) : null;
}

/**
 * Applies patches, in this order, to copies of the files of `source`.
 * @param paths of the patches, absolute
 * @throws CbitError: exit 3 for one that does not apply, 6 without git
 */
export async function applyPatches(host: Host, source: Source, paths: readonly string[], cacheDirectory: string): Promise<Patched> {
  const patches: PatchFile[] = await Promise.all(paths.map(async (path) => {
    const text = await host.readText(path);
    return { path, kind: kindOf(text), text };
  }));
  const named = [...new Set(patches.flatMap((p) => namedFiles(p.text)))].sort();
  const before = new Map(await Promise.all(named.map(async (name) => [name, await contents(host, `${source.path}/${name}`)] as const)));
  const files = [...before].map(([name, data]) => `${name} ${data === null ? "-" : host.hash(data)}`);
  const id = host.hash(["1", ...patches.map((p) => `${p.path} ${host.hash(p.text)}`), ...files].join("\n")).slice(0, 32);
  const folder = `${cacheDirectory}/patches/${id}`;
  try {
    const { patches: applied, changes } = JSON.parse(await host.readText(`${folder}/patched.json`)) as Pick<Patched, "patches" | "changes">;
    return { id, folder, patches: applied, changes };
  } catch {
    // Not there yet.
  }
  if ((await host.findProgram("git")) === null) throw gitMissing();
  const fresh = `${cacheDirectory}/patches/.new-${host.uniqueName()}`;
  try {
    const work = `${fresh}/work`;
    await host.makeDirectory(work);
    await copy(host, before, work);
    const applied = await run(host, source, work, patches);
    const changes = await collect(host, before, work, `${fresh}/files`);
    await host.remove(work);
    await host.write(`${fresh}/patched.json`, JSON.stringify({ patches: applied, changes }));
    await host.remove(folder);
    await host.rename(fresh, folder);
    return { id, folder, patches: applied, changes };
  } finally {
    await host.remove(fresh);
  }
}

async function put(host: Host, path: string, data: Uint8Array): Promise<void> {
  await host.makeDirectory(path.slice(0, path.lastIndexOf("/")));
  await host.write(path, data);
}

async function copy(host: Host, before: ReadonlyMap<string, Uint8Array | null>, work: string): Promise<void> {
  for (const [name, data] of before) if (data !== null) await put(host, `${work}/${name}`, data);
}

async function collect(host: Host, before: ReadonlyMap<string, Uint8Array | null>, work: string, files: string): Promise<Patched["changes"]> {
  const changes: Record<string, "modified" | "added" | "deleted"> = {};
  for (const [name, old] of before) {
    const now = await contents(host, `${work}/${name}`);
    if (now !== null && (old === null || host.hash(old) !== host.hash(now))) {
      changes[name] = old === null ? "added" : "modified";
      await put(host, `${files}/${name}`, now);
    } else if (now === null && old !== null) changes[name] = "deleted";
  }
  return changes;
}

async function run(host: Host, source: Source, work: string, patches: readonly PatchFile[]): Promise<AppliedPatch[]> {
  const env = environment(work);
  const git = (...args: string[]): ReturnType<Host["run"]> => host.run(["git", ...SETTINGS, ...args], { cwd: work, env, timeoutMs: 60_000 });
  const must = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await git(...args);
    if (status !== 0) throw gitMissing(stderr.split("\n")[0]);
    return stdout;
  };
  const commit = async (message: string): Promise<void> => {
    await must("add", "--all", "--force");
    await must("commit", "--quiet", "--allow-empty", "--no-verify", "--message", message);
  };
  await must("init", "--quiet", "--template=");
  await commit("before");
  const applied: AppliedPatch[] = [];
  for (const [index, patch] of patches.entries()) {
    const from = (await must("rev-parse", "HEAD")).trim();
    const mails = patch.kind === "mbox";
    const result = await (mails ? git("am", "--quiet", "--no-3way", "--empty=drop", patch.path) : git("apply", "--index", "--whitespace=nowarn", patch.path));
    if (result.status !== 0) {
      const backwards = mails ? 1 : (await git("apply", "--reverse", "--check", patch.path)).status;
      throw await notApplied(host, source, work, patch, `${result.stdout}\n${result.stderr}`, backwards === 0);
    }
    if (!mails) {
      if (index < patches.length - 1) await commit("diff");
      applied.push({ file: patch.path, author: null, subject: null });
      continue;
    }
    const log = await must("log", "--reverse", "--format=%an <%ae>%x09%s", `${from}..HEAD`);
    const lines = log.split("\n").filter((line) => line !== "");
    if (lines.length === 0) throw await notApplied(host, source, work, patch, "no mail of it has a patch", false);
    for (const line of lines) applied.push({ file: patch.path, author: line.slice(0, line.indexOf("\t")), subject: line.slice(line.indexOf("\t") + 1) });
  }
  return applied;
}
