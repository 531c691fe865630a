// SPDX-License-Identifier: MIT
/** Devices as run lines name them: a known one, with the address lines of another. */

import { CbitError, EXIT } from "../../base/index.ts";
import type { DriverProfile } from "../../kernel/index.ts";

const KEYS = ["mask", "coherent"] as const;

/**
 * The profile of "NAME[,mask=BITS][,coherent=BITS]": `mask` replaces both masks of the device, `coherent` the coherent one.
 * @throws CbitError (CBIT-144), and what `named` throws
 */
export function deviceSpec(spec: string, named: (name: string) => DriverProfile): DriverProfile {
  const [name, ...options] = spec.split(",") as [string, ...string[]];
  let driver = named(name);
  for (const option of options) {
    const match = /^(mask|coherent)=(\d{1,2})$/.exec(option);
    const bits = Number(match?.[2] ?? 0);
    if (match === null || bits < 12 || bits > 64) {
      throw new CbitError({ code: "CBIT-144", exit: EXIT.usage, message: `device "${spec}": "${option}" must be ${KEYS.map((k) => `${k}=BITS`).join(" or ")}, from 12 to 64 bits`, hint: `For instance ${name},mask=39.` });
    }
    driver = match[1] === "mask" ? { ...driver, dmaMaskBits: bits, coherentMaskBits: bits } : { ...driver, coherentMaskBits: bits };
  }
  return driver;
}
