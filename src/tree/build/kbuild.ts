// SPDX-License-Identifier: MIT
/** Runs kbuild in a folder of the cache: configuration once, then the slice's IR, which make keeps up to date. */

import { CbitError, EXIT } from "../../base/index.ts";
import type { ArchitectureName } from "../architectures.ts";
import type { Host, Progress } from "../host.ts";
import type { ModuleSpec, SliceFile } from "../modules/index.ts";
import { configFragment, configMismatches } from "./config.ts";
import { parseCmd } from "./dependencies.ts";
import { badTree, buildFailed, KNOWN_TO_WORK } from "./errors.ts";
import { cmdFile } from "./glue.ts";
import type { Job } from "./job.ts";
import type { Source } from "./source.ts";
import type { Toolchain } from "./toolchain.ts";

/** Builds say nothing of when, where and by whom. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  KBUILD_BUILD_TIMESTAMP: "1970-01-01",
  KBUILD_BUILD_USER: "cbit",
  KBUILD_BUILD_HOST: "cbit",
  LC_ALL: "C",
  MAKEFLAGS: "",
};
const TIMEOUT_MS = 30 * 60_000;
/** Present while make runs: after a crash, half-written files are not trusted. */
const BUSY = ".cbit-busy";
const CONFIGURED = ".cbit-configured";

function make(source: Source, build: string, tools: Toolchain, arch: ArchitectureName): string[] {
  return ["make", "-C", source.path, `O=${build}`, `ARCH=${arch}`, `LLVM=${tools.llvm}`, "KCFLAGS="];
}

/** Configures the build folder unless it is; true where it did, which empties it. @throws CbitError (exit 3) */
export async function configure(host: Host, source: Source, build: string, tools: Toolchain, arch: ArchitectureName, progress: Progress): Promise<boolean> {
  const fragment = configFragment(arch);
  const stamp = host.hash(`${fragment}${tools.version}`);
  const [had, config] = (await host.readText(`${build}/${CONFIGURED}`).catch(() => "")).split("\n");
  const whole = config === undefined || config === host.hash(await host.readText(`${build}/.config`).catch(() => ""));
  if (had === stamp && whole && (await host.stat(`${build}/${BUSY}`)) === null) return false;
  progress("configure");
  await host.remove(build);
  await host.makeDirectory(build);
  await host.write(`${build}/cbit.config`, fragment);
  const result = await host.run([...make(source, build, tools, arch), "-s", `KCONFIG_ALLCONFIG=${build}/cbit.config`, "allnoconfig"], {
    cwd: build,
    env: ENVIRONMENT,
    timeoutMs: TIMEOUT_MS,
  });
  if (result.status !== 0) throw buildFailed(`tree ${source.path}: make allnoconfig failed`, result.stderr, `Does the tree build by itself? make ARCH=${arch} LLVM=1 allnoconfig`, build);
  const wrong = configMismatches(await host.readText(`${build}/.config`), arch);
  if (wrong.length > 0) {
    throw new CbitError({
      code: "CBIT-204",
      exit: EXIT.tree,
      message: `tree ${source.path}: its configuration cannot have what the slice needs: ${wrong.join(", ")}`,
      hint: `${KNOWN_TO_WORK} Has the Kconfig of this tree been changed?`,
    });
  }
  await host.write(`${build}/${CONFIGURED}`, `${stamp}\n${host.hash(await host.readText(`${build}/.config`))}`);
  return true;
}

/** Has the next `configure` begin anew. */
export async function forgetConfiguration(host: Host, build: string): Promise<void> {
  await host.remove(`${build}/${CONFIGURED}`);
}

/** The Kconfig files that the configuration came from. Ref: scripts/kconfig/confdata.c conf_write_autoconf_cmd. */
export async function kconfigFiles(host: Host, source: Source, build: string): Promise<string[]> {
  const text = await host.readText(`${build}/include/config/auto.conf.cmd`);
  const list = /^deps_config := \\\n((?:.*\\\n)*)/m.exec(text)?.[1] ?? "";
  const names = list.split("\n").map((line) => line.replace(/\\$/, "").trim()).filter((name) => name !== "");
  return names.map((name) => (name.startsWith("/") ? name : `${source.path}/${name}`));
}

/** The files of a module that this tree has. @throws CbitError (exit 3) where a needed one is missing */
export async function sliceOf(host: Host, source: Source, { files }: ModuleSpec): Promise<SliceFile[]> {
  const present = await Promise.all(files.map((s) => host.stat(`${source.path}/${s.file}.c`)));
  const lost = files.filter((s, i) => present[i] === null && s.required);
  if (lost.length > 0) {
    throw badTree(`tree ${source.path}: files are missing: ${lost.map((s) => `${s.file}.c`).join(", ")}`, KNOWN_TO_WORK);
  }
  return files.filter((_, i) => present[i] !== null);
}

/** Without the files that the configuration leaves out. */
export async function configuredSlice(host: Host, build: string, slice: readonly SliceFile[]): Promise<SliceFile[]> {
  const config = await host.readText(`${build}/.config`);
  return slice.filter(({ option }) => option === undefined || new RegExp(`^CONFIG_${option}=[ym]$`, "m").test(config));
}

/** Has make bring the IR up to date. @throws CbitError (exit 3) */
export async function compileSlice(host: Host, source: Source, build: string, tools: Toolchain, arch: ArchitectureName, slice: readonly SliceFile[], progress: Progress): Promise<void> {
  let done = 0;
  progress("compile", 0, slice.length);
  await host.write(`${build}/${BUSY}`, "");
  const result = await host.run([...make(source, build, tools, arch), `-j${host.processors}`, ...slice.map((s) => `${s.file}.ll`)], {
    cwd: build,
    env: ENVIRONMENT,
    timeoutMs: TIMEOUT_MS,
    onLine: (line) => {
      if (/\.ll\s*$/.test(line)) progress("compile", ++done, slice.length);
    },
  });
  // A compiler error leaves whole files only; a signal may not.
  if (result.status >= 0 && result.status <= 2) await host.remove(`${build}/${BUSY}`);
  if (result.status !== 0) {
    throw buildFailed(`tree ${source.path} does not compile`, result.stderr === "" ? result.stdout : result.stderr, "Mend the source; only what changed is compiled again.", build);
  }
}

/** Where else the output goes, and what other options the compiler gets. */
interface Elsewhere {
  readonly out: string;
  readonly options: string;
  /** Another file, compiled as the command's own is: within the tree, without ".c", in one folder. */
  readonly as?: { readonly file: string; readonly like: string };
}

/** The command of one file as that of another. Ref: scripts/Makefile.lib, "modname_flags", "basename_flags". */
function commandAs(command: string, { file, like }: { readonly file: string; readonly like: string }): string {
  const base = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
  const name = (text: string, of: string): string => text.replaceAll(new RegExp(`(["_/])${of}(?=["\\s]|$)`, "g"), (_, before: string) => `${before}${base(file)}`);
  const words = command.split(/(?<= )(?=-)/);
  const renamed = words.map((word) => (/^-D(?:__)?KBUILD_\w+=/.test(word) ? name(name(word, base(like)), base(like).replaceAll("-", "_")) : word)).join("");
  // The driver looks for its input beside the compiler's overlay of files, which has what patches bring; an include is found in it.
  return renamed.replace(new RegExp(`(\\S*/)${base(like)}\\.c\\s*$`), (_, folder: string) => `-include ${folder}${base(file)}.c -x c /dev/null`);
}

/**
 * Compiles one file with the command that kbuild saved.
 * @param cmd where kbuild saved it
 * @throws CbitError (exit 3)
 */
export async function runSaved({ host, source, build, patchedBy }: Job, cmd: string, elsewhere: Elsewhere | null): Promise<void> {
  const saved = savedCommand(await host.readText(cmd));
  // As make would expand it. Ref: scripts/Kbuild.include make-cmd.
  let command = saved.replaceAll("$(pound)", "#").replaceAll("$$", "$");
  if (elsewhere !== null) {
    const { out, options, as } = elsewhere;
    if (as !== undefined) command = commandAs(command, as);
    command = command.replace(/-Wp,-MM?D,\S+/, () => `-Wp,-MMD,${out}.d`).replace(/ -o \S+ (\S+|-include \S+ -x c \S+)\s*$/, (_, from: string) => ` ${options} -o ${out} ${from}`);
  }
  const result = await host.run(["sh", "-c", command], { cwd: build, env: ENVIRONMENT, timeoutMs: TIMEOUT_MS });
  const what = `tree ${source.path}${patchedBy === "" ? "" : ` with ${patchedBy}`} does not compile`;
  const hint = patchedBy === "" ? "Mend the source; only what changed is compiled again." : "Mend the patch.";
  if (result.status !== 0) throw buildFailed(what, result.stderr, hint, elsewhere?.out ?? build);
}

const savedCommand = (text: string): string => parseCmd(text).command;

/**
 * Compiles a few files with the commands that kbuild saved, and has fixdep note what they read, as kbuild does: make
 * itself would need seconds to find out that nothing else is to be done. Only where no makefile and no option changed.
 * @throws CbitError (exit 3)
 */
export async function recompile(job: Job, files: readonly SliceFile[]): Promise<void> {
  const { host, source, build, progress } = job;
  let done = 0;
  progress("compile", 0, files.length);
  const compile = async ({ file }: SliceFile): Promise<void> => {
    const cmd = cmdFile(build, file);
    const saved = savedCommand(await host.readText(cmd));
    await runSaved(job, cmd, null);
    const noted = await host.run(["scripts/basic/fixdep", cmd.slice(build.length + 1).replace(/cmd$/, "d"), `${file}.ll`, saved], { cwd: build });
    if (noted.status !== 0) throw buildFailed(`tree ${source.path}: fixdep failed`, noted.stderr, "cbit tree forget, then prepare again.", build);
    await host.write(cmd, noted.stdout);
    progress("compile", ++done, files.length);
  };
  for (let i = 0; i < files.length; i += host.processors) await Promise.all(files.slice(i, i + host.processors).map(compile));
}
