// SPDX-License-Identifier: MIT
/** All services, by name: one file for each part of the kernel that is answered. An import that is not here stops `prepare`. */

import { ARM64 } from "./arm64.ts";
import { BASE } from "./base.ts";
import { DEVICE } from "./device.ts";
import { GUESTS } from "./guests.ts";
import { DRIVERS, OUTSIDE } from "./drivers.ts";
import { KUNIT } from "./kunit.ts";
import { MEMORY } from "./memory.ts";
import { OLDER } from "./older.ts";
import type { Service } from "./service.ts";

const PARTS: readonly (readonly Service[])[] = [ARM64, BASE, DEVICE, GUESTS, MEMORY, DRIVERS, OLDER, KUNIT];

export const SERVICES: ReadonlyMap<string, Service> = new Map(PARTS.flat().map((s) => [s.name, s]));

/** The service behind an import; undefined where there is none. @param module the one that imports it; left out where it has been looked at already */
export function serviceOf(name: string, module?: string): Service | undefined {
  const listed = SERVICES.get(name);
  if (listed !== undefined) return listed;
  const outside = OUTSIDE.find((o) => (module === undefined || o.modules.includes(module)) && o.names.test(name));
  return outside === undefined ? undefined : { name, kind: "unreached", value: 0, reason: outside.reason };
}
