// SPDX-License-Identifier: MIT
/** What a prepared module consists of: the kernel's own files, C of ours in place of others, and what it asks of cbit. */

import { InternalError } from "../base/index.ts";
import type { Manifest } from "./build/prepare.ts";
import { MODULES, type SliceFile } from "./modules/index.ts";
import { SHIMS, type Shim } from "./services/shims.ts";
import type { Service } from "./services/service.ts";
import { serviceOf } from "./services/table.ts";

export interface Inventory {
  /** The kernel's own files, unmodified. */
  readonly files: readonly SliceFile[];
  /** C files of ours that were compiled with the tree's headers. */
  readonly shims: readonly Shim[];
  /** The module's imports: functions that neither of them has. */
  readonly services: readonly Service[];
}

/** @param manifest of a module that this version of cbit made */
export function inventory(manifest: Manifest): Inventory {
  const module = MODULES.find((m) => m.name === manifest.module);
  if (module === undefined) throw new InternalError(`inventory: there is no module ${manifest.module}`);
  const folders = new Set(module.glue.map((g) => g.folder));
  return {
    files: manifest.files,
    shims: SHIMS.filter((s) => folders.has(s.file.slice(0, s.file.lastIndexOf("/")))),
    services: manifest.imports.map(({ name }) => {
      const service = serviceOf(name, manifest.module);
      if (service === undefined) throw new InternalError(`inventory: import ${name} is not a service`);
      return service;
    }),
  };
}
