// SPDX-License-Identifier: MIT
/** Machines, devices and workloads by the names that the command line has for them. */

import { CbitError, EXIT, nearest } from "../base/index.ts";
import type { Workload } from "../check/index.ts";
import type { Configuration, DriverProfile } from "../kernel/index.ts";
import { DRIVERS } from "../linux/index.ts";
import { defaultMachines, distinct, parseMachine, parseOneMachine, type Scale, scaled, workloadNamed } from "../scenarios/index.ts";

/** The one machine of a spec: "sev", "sme-zen2,iommu=off,swiotlb=force". @throws CbitError (CBIT-101) that names the nearest */
export function machine(spec: string): Configuration {
  return parseOneMachine(spec);
}

/** The machines of several specs, each once: "sme-zen2" alone means all of its IOMMU modes. The default matrix where there are none. @throws CbitError (CBIT-101) */
export function machines(...specs: readonly string[]): Configuration[] {
  return specs.length === 0 ? defaultMachines() : distinct(specs.flatMap(parseMachine));
}

/** A known device: "amdgpu-gfx9", "vmwgfx". @throws CbitError (CBIT-102) that names the nearest */
export function device(name: string): DriverProfile {
  const found = DRIVERS.find((d) => d.name === name);
  if (found !== undefined) return found;
  throw new CbitError({ code: "CBIT-102", exit: EXIT.usage, message: `unknown device "${name}"; nearest: ${nearest(name, DRIVERS.map((d) => d.name)).join(", ")}`, hint: "DEVICES has all; readDeviceFile() reads one of your own." });
}

/** What is tried in every order: "ttm-buffer", "dma-streaming", in another size where one is given. @throws CbitError (CBIT-105, CBIT-110) */
export function workload(name: string, size: Scale = {}): Workload {
  const found = workloadNamed(name);
  return size.buffers === undefined && size.pages === undefined ? found : scaled(found, size);
}

/** Of a name or the thing itself, the thing. */
export const machineOf = (named: string | Configuration): Configuration[] => (typeof named === "string" ? parseMachine(named) : [named]);
export const deviceOf = (named: string | DriverProfile): DriverProfile => (typeof named === "string" ? device(named) : named);
export const workloadOf = (named: string | Workload): Workload => (typeof named === "string" ? workload(named) : named);
