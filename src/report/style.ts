// SPDX-License-Identifier: MIT
/** Colour and width of text output. Words carry the meaning; colour only helps to find them. */

import pc from "picocolors";
import type { Verdict } from "../check/index.ts";

/** How text is coloured, and how wide it is. */
export interface Style {
  /** Columns to stay within. */
  readonly width: number;
  bold(text: string): string;
  dim(text: string): string;
  verdict(verdict: Verdict, text: string): string;
}

/** A style with or without colour. */
export function createStyle(color: boolean, width = 80): Style {
  const c = pc.createColors(color);
  const paint: Readonly<Record<Verdict, (text: string) => string>> = { holds: c.green, broken: c.red, bounded: c.yellow, unsupported: c.dim, refused: c.dim };
  return { width, bold: c.bold, dim: c.dim, verdict: (verdict, text) => paint[verdict](text) };
}
