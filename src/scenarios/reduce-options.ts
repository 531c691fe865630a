// SPDX-License-Identifier: MIT
/** What of a machine a counterexample needs: each of its options is tried without, and simpler machines in its place. */

import { boot, type Booted, causeShown, formatStep, reduceTrace, type RootCause, type RuleId, suited, type Workload } from "../check/index.ts";
import type { Configuration, DriverProfile, KernelFactory, Operation } from "../kernel/index.ts";
import { type Platform, PLATFORMS } from "../machine/index.ts";
import { configurationOf, MACHINE_OPTIONS, type MachineOption, type MachineSettings, type OptionValue, spelled } from "./machine-options.ts";

type Settings = MachineSettings & { readonly iommu: Configuration["iommu"] };

/**
 * What a counterexample does with another value of an option. `same`: it shows the same for the same root cause. `other cause`: the same
 * rule objects for another one. `nothing`: the rule does not object. `does not run`: kernel or driver decline.
 */
export interface OptionTrial {
  /** "iommu=translated"; for an option without a usual value "without swiotlb-pages=". */
  readonly instead: string;
  readonly outcome: "same" | "other cause" | "nothing" | "does not run";
}

/** An option without which the counterexample does not show the same. */
export interface Need {
  /** "iommu=off". */
  readonly option: string;
  readonly instead: readonly OptionTrial[];
}

export interface Reduction {
  readonly cause: RootCause;
  readonly needs: readonly Need[];
  /** Options that make no difference, "swiotlb=force". */
  readonly irrelevant: readonly string[];
  /** The machine without them, as `--machine` takes it. */
  readonly machine: string;
  /** The operations with the simplest values that show the same there. */
  readonly operations: readonly Operation[];
  /** The first machine in the order of `cbit list machines` that shows the same with those options; null where none before this one does. */
  readonly simpler: string | null;
}

/** What holds where an option is left out; null where the platform or the kernel says. */
function usualOf(option: MachineOption, platform: Platform): OptionValue | null {
  return option.name === "iommu" ? platform.defaultIommu : option.usual;
}

/** The options of a configuration that are not as usual. */
function givenOptions(configuration: Configuration): MachineOption[] {
  return MACHINE_OPTIONS.filter((o) => configuration[o.setting] !== undefined && configuration[o.setting] !== usualOf(o, configuration.platform));
}

function settingsOf({ name: _name, platform: _platform, ...settings }: Configuration): Settings {
  return settings;
}

/** The settings with another value of an option; undefined leaves it out. */
function withValue(settings: Settings, option: MachineOption, value: OptionValue | undefined): Settings {
  return { ...settings, [option.setting]: value };
}

/** The values to try in place of the given one, the usual one first. */
function alternatives(option: MachineOption, settings: Settings, platform: Platform): (OptionValue | undefined)[] {
  const usual = usualOf(option, platform) ?? undefined;
  if (option.name !== "iommu") return [usual];
  return [...new Set([...(usual === undefined ? [] : [usual]), ...platform.iommuModes])].filter((mode) => mode !== settings.iommu);
}

/** The workload as far as driver and machine can take part; all of it where the operations are more than that. */
function workloadFor(configuration: Configuration, driver: DriverProfile, workload: Workload, operations: readonly Operation[]): Workload {
  const known = new Set(suited(workload, driver, configuration).actions.map((a) => formatStep(a.operation)));
  return operations.every((o) => known.has(formatStep(o))) ? suited(workload, driver, { ...configuration, coherent: true }) : workload;
}

/** Boots with a workload as it is. */
function bootWith(factory: KernelFactory, configuration: Configuration, driver: DriverProfile, workload: Workload): Booted {
  return { ...boot(factory, configuration, driver, workload), workload };
}

/**
 * Brings a counterexample to its shortest form and says which options of its machine it needs.
 * @param rule what the last operation breaks
 * @throws InternalError where it does not
 */
export function reduceCase(factory: KernelFactory, configuration: Configuration, driver: DriverProfile, workload: Workload, rule: RuleId, operations: readonly Operation[]): Reduction {
  const { platform } = configuration;
  const tried = workloadFor(configuration, driver, workload, operations);
  const booted = bootWith(factory, configuration, driver, tried);
  const shortest = reduceTrace(booted, rule, operations);
  const cause = causeShown(booted, rule, shortest)!;
  const on = (other: Platform, settings: Settings): OptionTrial["outcome"] => {
    const trial = bootWith(factory, configurationOf(other, settings), driver, tried);
    if (trial.start === null) return "does not run";
    const shown = causeShown(trial, rule, shortest);
    return shown === null ? "nothing" : shown === cause ? "same" : "other cause";
  };

  let settings = settingsOf(configuration);
  const needs: Need[] = [];
  const irrelevant: string[] = [];
  for (const option of givenOptions(configuration)) {
    const given = `${option.name}=${spelled(settings[option.setting]!)}`;
    const values = alternatives(option, settings, platform);
    const trials = values.map((value): OptionTrial => ({
      instead: value === undefined ? `without ${option.name}=` : `${option.name}=${spelled(value)}`,
      outcome: on(platform, withValue(settings, option, value)),
    }));
    const droppable = usualOf(option, platform) !== null || option.name !== "iommu";
    if (droppable ? trials[0]?.outcome === "same" : trials.every((t) => t.outcome === "same")) irrelevant.push(given);
    else needs.push({ option: given, instead: trials });
    if (droppable && trials[0]?.outcome === "same") settings = withValue(settings, option, values[0]);
  }
  const machine = configurationOf(platform, settings);
  const simplest = irrelevant.length === 0 ? shortest : reduceTrace(bootWith(factory, machine, driver, tried), rule, shortest);
  return { cause, needs, irrelevant, machine: machine.name, operations: simplest, simpler: simplerThan(platform, settings, on) };
}

function simplerThan(platform: Platform, settings: Settings, on: (platform: Platform, settings: Settings) => OptionTrial["outcome"]): string | null {
  for (const other of PLATFORMS.slice(0, PLATFORMS.indexOf(platform))) {
    if (!other.iommuModes.includes(settings.iommu)) continue;
    if (MACHINE_OPTIONS.some((o) => settings[o.setting] !== undefined && settings[o.setting] !== o.usual && o.without(other) !== null)) continue;
    if (on(other, settings) === "same") return configurationOf(other, settings).name;
  }
  return null;
}
