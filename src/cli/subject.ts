// SPDX-License-Identifier: MIT
/** What a search is of, written down so that it can be told whether another one is the same. */

import { createHash } from "node:crypto";
import type { Subject } from "../api/subject.ts";
import { version } from "./version.ts";

/** How states are kept and reduced. */
export interface Reductions {
  readonly compact: boolean;
  readonly symmetry: boolean;
  readonly partialOrder: boolean;
}

/** How `cbit check` searches. */
export const USUAL_REDUCTIONS: Reductions = { compact: false, symmetry: true, partialOrder: true };

/** A subject by its names, with digests of what the names stand for. Plain data. */
export interface SubjectName extends Reductions {
  readonly cbit: string;
  readonly kernel: string;
  /** Null where the name says it all. */
  readonly build: string | null;
  readonly policy: string | null;
  readonly machine: string;
  readonly device: string;
  readonly workload: string;
  readonly definitions: Readonly<Record<"machine" | "device" | "workload", string>>;
}

const digest = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);

/** Writes down a subject. */
export function subjectName({ factory, configuration, driver, workload }: Subject, reductions: Reductions): SubjectName {
  const { compact, symmetry, partialOrder } = reductions;
  return {
    cbit: version(),
    kernel: factory.name,
    build: factory.build?.(configuration, driver) ?? null,
    policy: factory.policy,
    machine: configuration.name,
    device: driver.name,
    workload: workload.name,
    definitions: { machine: digest({ ...configuration, platform: configuration.platform.name }), device: digest(driver), workload: digest(workload.actions) },
    compact,
    symmetry,
    partialOrder,
  };
}

const told = (value: string | boolean | null): string => (value === null ? "none" : value === true ? "on" : value === false ? "off" : value);

const NAMES = [
  ["cbit", "the version of cbit"],
  ["kernel", "the kernel"],
  ["policy", "the policy"],
  ["machine", "the machine"],
  ["device", "the device"],
  ["workload", "the workload"],
  ["compact", "compact states"],
  ["symmetry", "symmetry reduction"],
  ["partialOrder", "partial-order reduction"],
] as const;

/** What differs, in words: "the machine is sev here and tdx there". */
export function subjectDifferences(there: SubjectName, here: SubjectName): string[] {
  const names = NAMES.filter(([key]) => there[key] !== here[key]).map(([key, what]) => `${what} ${key === "compact" ? "are" : "is"} ${told(there[key])} in the file and ${told(here[key])} here`);
  const changed = (["machine", "device", "workload"] as const).filter((what) => there[what] === here[what] && there.definitions[what] !== here.definitions[what]);
  return [
    ...names,
    ...(there.kernel === here.kernel && there.build !== here.build ? ["the kernel tree has changed since"] : []),
    ...changed.map((what) => `the ${what} ${here[what]} is described otherwise than it was`),
  ];
}

/** A file name for what a search of the subject leaves, the same each time. */
export function subjectFileName(name: SubjectName): string {
  const plain = `${name.device}@${name.machine}-${name.workload}`.replace(/[^A-Za-z0-9@,=.-]+/g, "_").slice(0, 100);
  return `${plain}-${digest(name)}.checkpoint`;
}
