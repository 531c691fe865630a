// SPDX-License-Identifier: MIT
/** Devices as run lines name them: a known one, with what is to be different about it. */

import { CbitError, EXIT, nearest } from "../../base/index.ts";
import type { DriverProfile } from "../../kernel/index.ts";
import { parseNumber } from "./operations.ts";

type Change = (value: number) => Partial<DriverProfile>;

/** Options with a number. `mask` replaces both masks of the device. */
const NUMBERS: Readonly<Record<string, Change>> = {
  mask: (bits) => ({ dmaMaskBits: bits, coherentMaskBits: bits }),
  coherent: (bits) => ({ coherentMaskBits: bits }),
  bus_limit: (bits) => ({ busDmaLimitBits: bits }),
  min_align_mask: (mask) => ({ minAlignMask: mask }),
  range_offset: (bytes) => ({ rangeOffset: bytes }),
};

/** Options that stand alone. */
const FLAGS: Readonly<Record<string, Partial<DriverProfile>>> = {
  untrusted: { untrusted: true },
  non_coherent: { nonCoherent: true },
  accepted: { accepted: true },
};

const BITS = ["mask", "coherent", "bus_limit"];

function changeOf(option: string): Partial<DriverProfile> | null {
  if (Object.hasOwn(FLAGS, option)) return FLAGS[option]!;
  const [name, text] = option.split(/=(.*)/s) as [string, string | undefined];
  if (!Object.hasOwn(NUMBERS, name)) return null;
  const value = parseNumber(text ?? "");
  if (value === null || (BITS.includes(name) && (value < 12 || value > 64))) return null;
  return NUMBERS[name]!(value);
}

/**
 * The profile of "NAME[,mask=BITS][,coherent=BITS][,bus_limit=BITS][,min_align_mask=N][,range_offset=BYTES][,untrusted][,non_coherent][,accepted]".
 * @throws CbitError (CBIT-144), and what `named` throws
 */
export function deviceSpec(spec: string, named: (name: string) => DriverProfile): DriverProfile {
  const [name, ...options] = spec.split(",") as [string, ...string[]];
  let driver = named(name);
  for (const option of options) {
    const change = changeOf(option);
    if (change === null) {
      const known = [...Object.keys(NUMBERS).map((k) => `${k}=`), ...Object.keys(FLAGS)];
      throw new CbitError({
        code: "CBIT-144",
        exit: EXIT.usage,
        message: `device "${spec}": "${option}" is none of its options; nearest: ${nearest(option, known).join(", ")}`,
        hint: `One of ${known.map((k) => (k.endsWith("=") ? `${k}N` : k)).join(", ")}; bits are from 12 to 64. For instance ${name},mask=39.`,
      });
    }
    driver = { ...driver, ...change };
  }
  // No driver of the tree tells such a device.
  return options.length === 0 ? driver : { ...driver, name: spec };
}
