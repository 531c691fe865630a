// SPDX-License-Identifier: MIT
/**
 * What was compiled in a folder, which files each compilation read, and what has to be compiled again. The record is
 * shared by all that compile there, so that what one has made another does not make again.
 */

import type { Host } from "../host.ts";
import { changedFiles, type Dependency, fingerprint } from "./dependencies.ts";

interface Record {
  /** What else decides the result; a record with another tag is not used. */
  readonly tag: string;
  readonly dependencies: readonly Dependency[];
  /** For each unit the files that it read, as indexes into `dependencies`. */
  readonly reads: Readonly<{ [unit: string]: readonly number[] }>;
  /** Units whose files have changed since they were compiled. */
  readonly outdated: readonly string[];
}

/** A unit that was compiled, and the files that the compiler read, absolute. */
export interface CompiledUnit {
  readonly unit: string;
  readonly reads: readonly string[];
}

export class Units {
  private readonly host: Host;
  private readonly path: string;
  private readonly tag: string;
  private readonly known = new Map<string, Dependency>();
  private readonly reads = new Map<string, readonly string[]>();
  private readonly outdated = new Set<string>();

  private constructor(host: Host, path: string, tag: string) {
    this.host = host;
    this.path = path;
    this.tag = tag;
  }

  /** Reads the record at `path`; an empty one where there is none or it has another tag. */
  static async open(host: Host, path: string, tag: string): Promise<Units> {
    const units = new Units(host, path, tag);
    try {
      const record = JSON.parse(await host.readText(path)) as Record;
      if (record.tag !== tag) return units;
      for (const d of record.dependencies) units.known.set(d.path, d);
      for (const [unit, list] of Object.entries(record.reads)) units.reads.set(unit, list.map((i) => record.dependencies[i]!.path));
      for (const unit of record.outdated) units.outdated.add(unit);
    } catch {
      return new Units(host, path, tag);
    }
    return units;
  }

  /** Looks at all files again, marks the units that read what changed, and keeps that on disk. Returns what changed. */
  async refresh(): Promise<readonly string[]> {
    const changed = new Set(await changedFiles(this.host, [...this.known.values()]));
    if (changed.size === 0) return [];
    for (const [unit, reads] of this.reads) if (reads.some((path) => changed.has(path))) this.outdated.add(unit);
    for (const path of changed) this.known.delete(path);
    for (const d of await fingerprint(this.host, [...changed])) this.known.set(d.path, d);
    await this.save();
    return [...changed];
  }

  has(unit: string): boolean {
    return this.reads.has(unit);
  }

  /** The files that a unit read; none for one that is not known. */
  readsOf(unit: string): readonly string[] {
    return this.reads.get(unit) ?? [];
  }

  /** True where what was compiled is what would be compiled now. */
  isCurrent(unit: string): boolean {
    return this.reads.has(unit) && !this.outdated.has(unit);
  }

  /** Notes what was compiled, from contents as they are now, and keeps it on disk. */
  async compiled(units: readonly CompiledUnit[]): Promise<void> {
    if (units.length === 0) return;
    const paths = units.flatMap((u) => u.reads).filter((path) => !this.known.has(path));
    for (const d of await fingerprint(this.host, paths)) this.known.set(d.path, d);
    for (const { unit, reads } of units) {
      this.reads.set(unit, reads);
      this.outdated.delete(unit);
    }
    await this.save();
  }

  /** The files that these units read, as they were. */
  dependenciesOf(units: readonly string[]): Dependency[] {
    const paths = new Set(units.flatMap((unit) => this.reads.get(unit) ?? []));
    return [...paths].flatMap((path) => this.known.get(path) ?? []);
  }

  private async save(): Promise<void> {
    const used = new Set([...this.reads.values()].flat());
    const dependencies = [...this.known.values()].filter((d) => used.has(d.path));
    const index = new Map(dependencies.map((d, i) => [d.path, i]));
    const reads = Object.fromEntries([...this.reads].map(([unit, list]) => [unit, list.flatMap((path) => index.get(path) ?? [])]));
    const record: Record = { tag: this.tag, dependencies, reads, outdated: [...this.outdated] };
    await this.host.write(`${this.path}.new`, JSON.stringify(record));
    await this.host.rename(`${this.path}.new`, this.path);
  }
}
