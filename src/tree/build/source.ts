// SPDX-License-Identifier: MIT
/** Looks at the folder that the user named: is it a kernel source that kbuild can use from outside? */

import type { Host } from "../host.ts";
import { badForKbuild, badTree } from "./errors.ts";

export interface Source {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** "6.12.117". */
  readonly release: string;
}

const NEEDED = ["Makefile", "Kbuild", "arch/x86/Makefile", "drivers/gpu/drm/ttm/ttm_tt.c"];
/** What an in-tree build leaves behind; kbuild then refuses builds elsewhere (Makefile, "outputmakefile"). */
const TRACES = [".config", "include/config", "arch/x86/include/generated", "arch/arm64/include/generated"];

/** @throws CbitError (exit 3) */
export async function inspectSource(host: Host, path: string): Promise<Source> {
  const real = await host.realPath(path).catch(() => {
    throw badTree(`tree ${path}: there is no such folder`, "Name the folder of an unpacked Linux source.");
  });
  for (const name of NEEDED) {
    if ((await host.stat(`${real}/${name}`)) === null) {
      throw badTree(`tree ${path}: this is not a Linux source with TTM: ${name} is missing`, "Name the top folder of an unpacked Linux source (known to work: 6.1 and 6.12).");
    }
  }
  const bad = badForKbuild(real);
  if (bad !== null) throw badTree(`tree ${path}: kbuild cannot work in a folder with ${bad} in its path, ${real}`, "Move it elsewhere (a link is not enough).");
  for (const name of TRACES) {
    if ((await host.stat(`${real}/${name}`)) !== null) {
      throw badTree(`tree ${path}: it has been configured or built in place (${name} is there); kbuild then refuses builds in other folders`, `cp ${real}/.config ~/saved.config; make -C ${real} mrproper`);
    }
  }
  return { path: real, release: releaseOf(await host.readText(`${real}/Makefile`)) };
}

function releaseOf(makefile: string): string {
  const field = (name: string): string => new RegExp(`^${name}[ \\t]*=[ \\t]*(.*)$`, "m").exec(makefile)?.[1]?.trim() ?? "";
  const sublevel = field("SUBLEVEL");
  return `${field("VERSION")}.${field("PATCHLEVEL")}${sublevel === "" || sublevel === "0" ? "" : `.${sublevel}`}${field("EXTRAVERSION")}`;
}
