// SPDX-License-Identifier: MIT
/**
 * A copy of a tree for patches that change how it is built. Its files are links to the tree's, but for those that a patch
 * touches: kbuild writes nothing into the folder of the sources.
 */

import { unusableCache } from "../build/errors.ts";
import type { Source } from "../build/source.ts";
import type { Host } from "../host.ts";
import type { Patched } from "./apply.ts";

/** What no module is built from. Kconfig files of all architectures are read. */
const LEFT_OUT = /^(?:\.git|LICENSES|Documentation\/(?!Kconfig$).+|tools\/(?:testing|perf|power|hv|iio|gpio))$/;

/** Folders whose contents are looked at one by one. */
const OPENED = new Set(["Documentation", "tools"]);

/** The copy's name in its folder, and the file there that names the original. */
export const COPY = "linux";
export const COPY_OF = "copy-of";

/** Where the copy of a tree with these patches lies. The path decides where it is built. */
export function copyFolder(host: Host, source: Source, { id }: Patched, cacheDirectory: string): string {
  return `${cacheDirectory}/copies/${host.hash(`${id}\n${source.path}`).slice(0, 16)}/${COPY}`;
}

/** Makes the copy anew: files may have come to the tree, or gone. @throws CbitError (exit 6) */
export async function copyTree(host: Host, source: Source, { folder, changes }: Patched, copy: string): Promise<void> {
  await host.remove(copy);
  await host.makeDirectory(copy);
  await host.write(`${copy.slice(0, copy.lastIndexOf("/"))}/${COPY_OF}`, source.path);
  const copied = async (inside: string): Promise<void> => {
    const names = (await host.list(`${source.path}/${inside}`)).map((name) => `${inside}${name}`).filter((name) => !LEFT_OUT.test(name));
    const opened = names.filter((name) => OPENED.has(name));
    const whole = names.filter((name) => !OPENED.has(name)).map((name) => `${source.path}/${name}`);
    const { status, stderr } = await host.run(["cp", "-rs", "--no-preserve=mode", "-t", `${copy}/${inside}`, ...whole], { cwd: "/" });
    if (status !== 0) throw unusableCache(`cannot copy ${source.path} to ${copy}: ${stderr.split("\n")[0]}`);
    for (const name of opened) {
      await host.makeDirectory(`${copy}/${name}`);
      await copied(`${name}/`);
    }
  };
  await copied("");
  for (const [name, change] of Object.entries(changes)) {
    const path = `${copy}/${name}`;
    await host.remove(path);
    if (change === "deleted") continue;
    await host.makeDirectory(path.slice(0, path.lastIndexOf("/")));
    await host.write(path, await host.readBytes(`${folder}/files/${name}`));
  }
}
