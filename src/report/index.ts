// SPDX-License-Identifier: MIT
export { errorJson } from "./error-json.ts";
export * from "./json.ts";
export * from "./reports.ts";
export { operationText, seenText, tokenHex } from "./steps.ts";
export { createStyle, type Style } from "./style.ts";
export { checkText } from "./text-check.ts";
export { explainText, notFoundText } from "./text-explain.ts";
export { doctorText, listText, treesText } from "./text-list.ts";
export { matrixText } from "./text-matrix.ts";
export { count, wrap } from "./wrap.ts";
