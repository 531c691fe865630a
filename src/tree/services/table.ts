// SPDX-License-Identifier: MIT
/** All services, by name: one file for each part of the kernel that is answered. An import that is not here stops `prepare`. */

import { BASE } from "./base.ts";
import { GUESTS } from "./guests.ts";
import type { Service } from "./service.ts";

const PARTS: readonly (readonly Service[])[] = [BASE, GUESTS];

export const SERVICES: ReadonlyMap<string, Service> = new Map(PARTS.flat().map((s) => [s.name, s]));
