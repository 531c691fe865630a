// SPDX-License-Identifier: MIT
/** Findings of many cases that tell the same, told once. */

import { type CaseResult, caseId, type Finding, formatStep } from "../check/index.ts";

/** Findings with the same rule and root cause, the same sentence and the same steps; at least one. */
export type Story = readonly Finding[];

/** A word of a sentence, without what differs from case to case: "sev," as "(machine),". */
function nameless(word: string, machine: string, device: string): string {
  const bare = word.replace(/[,:;.]$/, "");
  return bare === machine ? word.replace(machine, "(machine)") : bare === device ? word.replace(device, "(device)") : word;
}

/** The stories of all findings in the order of discovery, errors and advice apart. */
export function storiesOf(cases: readonly CaseResult[]): { readonly errors: readonly Story[]; readonly advice: readonly Story[] } {
  const stories = new Map<string, Finding[]>();
  for (const finding of cases.flatMap((c) => c.findings)) {
    const { machine, device, operations } = finding.trace;
    // A sentence that names its own case says the same of another one.
    const title = finding.title.split(" ").map((word) => (nameless(word, machine, device))).join(" ");
    const key = [finding.rule, finding.cause, title, ...operations.map(formatStep)].join("\n");
    const story = stories.get(key);
    if (story === undefined) stories.set(key, [finding]);
    else story.push(finding);
  }
  const all = [...stories.values()];
  const of = (severity: Finding["severity"]): Story[] => all.filter(([first]) => first!.severity === severity);
  return { errors: of("error"), advice: of("advice") };
}

/** Stories of the very same cases, under one key: what a broken cell of the matrix points to. */
export interface StoryGroup {
  /** "a" for the first, "b" for the second; "aa" behind "z". */
  readonly key: string;
  /** At least one. */
  readonly stories: readonly Story[];
  /** The root cause, where the sentences alone do not tell the group from another one; null elsewhere. */
  readonly because: string | null;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** "a" for 0, "b" for 1; "aa" behind "z". */
export function letter(index: number): string {
  return index < LETTERS.length ? LETTERS[index]! : letter(Math.floor(index / LETTERS.length) - 1) + letter(index % LETTERS.length);
}

const casesOf = (story: Story): readonly string[] => [...new Set(story.map(({ trace }) => caseId(trace.device, trace.machine)))];

/** The stories by the cases that they are told of, in the order of the first of each. The same cases give the same keys. */
export function storyGroups(stories: readonly Story[]): StoryGroup[] {
  const groups = new Map<string, Story[]>();
  for (const story of stories) {
    const cases = [...casesOf(story)].sort().join("\n");
    groups.set(cases, [...(groups.get(cases) ?? []), story]);
  }
  const sentences = (group: readonly Story[]): string => group.map(([first]) => `${first!.rule}: ${first!.title}`).join("\n");
  const all = [...groups.values()];
  const alike = (group: readonly Story[]): boolean => all.some((other) => other !== group && sentences(other) === sentences(group));
  return all.map((group, index) => ({ key: letter(index), stories: group, because: alike(group) ? group[0]![0]!.cause : null }));
}

/** The keys that each broken case points to, by its id: "a", "ab"; with commas where keys have several letters. */
export function keysByCase(groups: readonly StoryGroup[]): ReadonlyMap<string, string> {
  const keys = new Map<string, string[]>();
  for (const { key, stories } of groups) for (const id of casesOf(stories[0]!)) keys.set(id, [...(keys.get(id) ?? []), key]);
  const comma = groups.length > LETTERS.length ? "," : "";
  return new Map([...keys].map(([id, some]) => [id, some.join(comma)]));
}

/** Each case with its verdict, and where it is broken the keys of its stories: what a matrix shows. */
export function keyedCells(cases: readonly CaseResult[], groups: readonly StoryGroup[]): { readonly device: string; readonly machine: string; readonly verdict: CaseResult["verdict"]; readonly keys?: string }[] {
  const keys = keysByCase(groups);
  return cases.map(({ device, machine, verdict }) => {
    const key = keys.get(caseId(device, machine));
    return { device, machine, verdict, ...(key === undefined ? {} : { keys: key }) };
  });
}
