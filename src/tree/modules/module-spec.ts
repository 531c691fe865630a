// SPDX-License-Identifier: MIT
/** What a module is made of: files of the kernel tree, unmodified, and C glue of ours. */

import type { ArchitectureName } from "../architectures.ts";

export interface SliceFile {
  /** Within the tree, without ".c". */
  readonly file: string;
  readonly reason: string;
  /** False where some releases do not have it. */
  readonly required: boolean;
  /** The option that it is built with, "DMA_DECLARE_COHERENT": where the configuration has not got it, the file is left out. */
  readonly option?: string;
}

/** A folder of src/tree/guest, compiled with the tree's own options. */
export interface GlueFolder {
  readonly folder: string;
  /** The slice file whose options are used, without ".c"; one of TTM's by default. */
  readonly optionsOf?: string;
  /** Folders of the tree whose headers it reads besides. */
  readonly include?: readonly string[];
}

export interface ModuleSpec {
  readonly name: string;
  readonly arch: ArchitectureName;
  readonly files: readonly SliceFile[];
  readonly glue: readonly GlueFolder[];
  /** Functions of the slice that glue stands before, as `__wrap_NAME`; the slice's own is `__real_NAME` there. */
  readonly wraps?: readonly string[];
}

/**
 * Files that share a reason.
 * @param names separated by white space
 * @param option for `SliceFile.option`
 */
export function files(reason: string, names: string, required = true, option?: string): SliceFile[] {
  return names.trim().split(/\s+/).map((file) => ({ file, reason, required, ...(option === undefined ? {} : { option }) }));
}

/** The glue that every module for x86-64 stands on. */
export const X86_GLUE: readonly GlueFolder[] = [{ folder: "common" }, { folder: "x86" }];
