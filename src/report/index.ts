// SPDX-License-Identifier: MIT
export * from "./json.ts";
export { compareJson, policiesJson } from "./json-compare.ts";
export { replayJson, searchJson, selfCheckJson, walkJson } from "./json-explore.ts";
export * from "./reports.ts";
export { checkText } from "./text-check.ts";
export { kunitJson, kunitJunit, kunitKtap, type KunitReport, kunitTotals, suiteStatus } from "./kunit.ts";
export { kunitText } from "./text-kunit.ts";
export { compareText } from "./text-compare.ts";
export { explainText, notFoundText } from "./text-explain.ts";
export { doctorText, listText, treesText } from "./text-list.ts";
export { disagreements, selfCheckText } from "./text-self-check.ts";
export { searchText } from "./text-search.ts";
export { walkText } from "./text-walk.ts";
export { replayText } from "./text-replay.ts";
export { type LitmusFile, type LitmusRun, runJson, runText } from "./text-run.ts";
export { policiesText } from "./text-policies.ts";
export { treeServicesJson, treeServicesText } from "./tree-services.ts";
export { count, thousands } from "./wrap.ts";
