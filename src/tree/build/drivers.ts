// SPDX-License-Identifier: MIT
/** Which DRM drivers a tree has: device profiles name files of theirs. */

import type { Host } from "../host.ts";
import type { Source } from "./source.ts";

const DRM = "drivers/gpu/drm";
/** Drivers that do not lie directly in a folder of drivers/gpu/drm. */
const DEEPER = ["amd/amdgpu"];

/** The C files of the tree's DRM drivers, within drivers/gpu/drm: "xe/xe_device.c". Sorted. */
export async function driverFiles(host: Host, source: Source): Promise<string[]> {
  const folders = [...(await host.list(`${source.path}/${DRM}`)).filter((name) => !name.includes(".")), ...DEEPER];
  const files = folders.map(async (folder) => (await host.list(`${source.path}/${DRM}/${folder}`)).filter((name) => name.endsWith(".c")).map((name) => `${folder}/${name}`));
  return (await Promise.all(files)).flat().sort();
}

/** The first file of a profile's sources that the tree lacks; null where it has all. @param refs "drivers/gpu/drm/xe/xe_bo.c:310 (...)" */
export function lackedFile(refs: readonly string[], files: readonly string[]): string | null {
  const named = refs.flatMap((ref) => /^drivers\/gpu\/drm\/(.+\/.+\.c):/.exec(ref)?.[1] ?? []);
  const lacked = named.find((name) => !files.includes(name));
  return lacked === undefined ? null : `${DRM}/${lacked}`;
}
