// SPDX-License-Identifier: MIT
/** Text within XML. Ref: XML 1.0, 2.2 (the characters that a document may have). */

/** For elements and quoted attributes; "?" for characters that XML has not. */
export function xmlText(text: string): string {
  return text.replaceAll(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`).replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "?");
}
