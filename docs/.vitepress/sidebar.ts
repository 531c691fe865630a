// SPDX-License-Identifier: MIT
/** The pages by what they are for: learning, doing, looking up, understanding. */

import type { DefaultTheme } from "vitepress";

const page = (text: string, link: string): DefaultTheme.SidebarItem => ({ text, link: `/${link}.html` });

const RULES = [
  "ciphertext-read", "stale-view", "alias-attribute", "alias-caching", "exposed-private", "freed-shared", "page-state", "bounce-leak",
  "mapping-failed", "refusal", "kernel-warn", "needless-share",
];

const DECISIONS = [
  ["001-one-flat-state", "One flat state"],
  ["002-page-tables-with-few-entries", "Page tables with few entries"],
  ["003-aes-only-where-domains-differ", "AES only where domains differ"],
  ["004-the-real-kernel-as-wasm", "The real kernel as WebAssembly"],
  ["005-partial-order-by-sleep-sets", "Partial order by sleep sets"],
  ["006-symmetry", "Symmetry"],
  ["007-threads-that-own-states", "Threads that own states"],
  ["008-modules-of-a-tree", "Modules of a tree"],
  ["009-a-library-below-the-command-line", "A library below the command line"],
] as const;

export const SIDEBAR: DefaultTheme.SidebarItem[] = [
  {
    text: "Tutorial",
    items: [page("Which protection should TTM's mappings have?", "tutorial/which-protection"), page("Read a counterexample", "tutorial/read-a-counterexample")],
  },
  {
    text: "How to",
    items: [
      page("Judge a patch", "guide/judge-a-patch"),
      page("Write a policy", "guide/write-a-policy"),
      page("Write a litmus file", "guide/write-a-litmus-file"),
      page("Describe your own device or machine", "guide/describe-your-own"),
      page("Run KUnit on all machines", "guide/run-kunit"),
      page("Use cbit in CI", "guide/use-in-ci"),
    ],
  },
  {
    text: "Rules",
    collapsed: true,
    items: [page("All rules", "rules/index"), ...RULES.map((r) => page(r, `rules/${r}`))],
  },
  {
    text: "Reference",
    items: [
      page("Machines", "reference/machines"),
      page("Devices", "reference/devices"),
      page("Findings in Linux 6.12", "reference/findings"),
      page("cbit explore", "reference/explore"),
      page("Litmus files", "reference/litmus"),
      page("Patches of a tree", "reference/patches"),
      page("KUnit suites", "reference/kunit"),
      page("A finding as a KUnit test", "reference/reproducer"),
      page("Drivers of a tree", "reference/tree-drivers"),
      page("Ids and tokens", "reference/ids-and-tokens"),
      page("Output formats", "reference/formats"),
      page("JSON", "reference/json"),
      page("Library", "reference/library"),
      page("Exit codes", "reference/exit-codes"),
      page("Errors", "reference/errors"),
      page("Completion", "reference/completion"),
      page("Environment", "reference/environment"),
      page("Benchmarks", "reference/benchmarks"),
    ],
  },
  {
    text: "Explanation",
    items: [
      page("The thread, answered", "explanation/the-thread"),
      page("How model and kernel are kept equal", "explanation/model-and-kernel"),
      page("What \"holds\" means", "explanation/what-holds-means"),
      page("Beside other tools", "explanation/comparison"),
      page("Limits", "limits"),
      { text: "Decisions", collapsed: true, items: DECISIONS.map(([file, text]) => page(text, `decisions/${file}`)) },
    ],
  },
  {
    text: "Project",
    collapsed: true,
    items: [page("Architecture", "project/architecture"), page("Contributing", "project/contributing"), page("Changelog", "project/changelog"), page("The litmus files", "project/litmus")],
  },
];
