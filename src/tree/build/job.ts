// SPDX-License-Identifier: MIT
/** What has to be done to prepare a tree, and where in the cache. */

import { type Architecture, architecture } from "../architectures.ts";
import type { Host, Progress } from "../host.ts";
import { CONTRACT, type ModuleSpec } from "../modules/index.ts";
import type { Overlay } from "../patch/overlay.ts";
import { configFragment } from "./config.ts";
import { badForKbuild, unusableCache } from "./errors.ts";
import { codeVersion, glueVersion } from "./objects.ts";
import { inspectSource, type Source } from "./source.ts";
import { findToolchain, type Toolchain } from "./toolchain.ts";

/** Changes when the meaning of a cache entry does. */
export const FORMAT = 6;
/** Changes when what kbuild's folder holds does: it is emptied then. */
export const BUILD_FORMAT = 5;
/** Not a file: the configuration, as something that is made from the Kconfig files. */
export const CONFIGURATION = "(configuration)";

export interface SourceOptions {
  readonly cacheDirectory: string;
  readonly progress?: Progress;
  /** Which module; the contract's by default. */
  readonly module?: ModuleSpec;
  /** What is prepared where the folder is a copy of it with patches. */
  readonly copyOf?: CopyOf;
}

export interface CopyOf {
  readonly path: string;
  /** The patches' names. */
  readonly patchedBy: string;
}

/** What made a tree besides its source: another cbit, or another compiler, makes it anew. */
export interface MadeBy {
  /** That of cbit's code (`codeVersion`). */
  readonly code: string;
  /** That of the module's C glue (`glueVersion`). */
  readonly glue: string;
  readonly compiler: string;
}

/** What is being made, and where. */
export interface Job {
  readonly host: Host;
  readonly source: Source;
  readonly module: ModuleSpec;
  readonly arch: Architecture;
  readonly tools: Toolchain;
  readonly cacheDirectory: string;
  readonly progress: Progress;
  /** kbuild's folder. */
  readonly build: string;
  readonly by: MadeBy;
  /** Files that are compiled in place of the tree's, after the tree itself was prepared; `host` reads them too. */
  readonly overlay: Overlay | null;
  /** The patches' names for messages; "" without any. */
  readonly patchedBy: string;
  /** Files that patches bring, without ".c", each with a file of its folder whose options it is compiled with. */
  readonly added: ReadonlyMap<string, string>;
  /** The user's folder, which is not `source` where that is a copy. */
  readonly named: string;
}

/** How the names of the build folders of a source begin. The folder's path decides: other folders have other builds. */
export function buildPrefix(host: Host, path: string): string {
  return `${host.hash(path).slice(0, 16)}-`;
}

/** What has to be done for a kernel source, and where. @throws CbitError: exit 3 (the tree), 6 (missing programs) */
export async function startJob(host: Host, path: string, options: SourceOptions): Promise<Job> {
  const { cacheDirectory, module = CONTRACT, progress = (): void => undefined } = options;
  const source = await inspectSource(host, path);
  const bad = badForKbuild(cacheDirectory);
  if (bad !== null) throw unusableCache(`cannot build in ${cacheDirectory}: kbuild cannot work in a folder with ${bad} in its path`);
  const [tools, code, glue] = await Promise.all([findToolchain(host), codeVersion(host), glueVersion(host, module)]);
  const arch = architecture(module.arch);
  const configuration = host.hash(`${BUILD_FORMAT}${configFragment(arch.name)}${tools.version}`).slice(0, 8);
  const build = `${cacheDirectory}/builds/${buildPrefix(host, source.path)}${configuration}`;
  progress("check");
  const by: MadeBy = { code, glue, compiler: tools.version };
  return { host, source, module, arch, tools, cacheDirectory, progress, build, by, overlay: null, added: new Map(), patchedBy: options.copyOf?.patchedBy ?? "", named: options.copyOf?.path ?? source.path };
}

/** A file of notes about a module's job, in `folder`; other checkouts of cbit have files of their own. */
export function ownFile({ host, module, by }: Job, folder: string, what: string): string {
  return `${folder}/cbit-${what}-${module.name}-${host.hash([by.code, by.glue, host.guestDirectory].join("\n")).slice(0, 8)}.json`;
}

/** Where the last success of a module is noted. */
export function stateFile(job: Job): string {
  return ownFile(job, job.overlay?.out ?? job.build, "state");
}
