// SPDX-License-Identifier: MIT
/** The style sheet of the HTML reports: light and dark, narrow and wide, paper. Words and patterns say what colours say. */

/** Goes into the page as it is. */
export const STYLE: string = `
:root {
  color-scheme: light dark;
  --paper: #fcfcfa; --raised: #f3f3ef; --line: #d9d8d1; --ink: #1b1c1e; --soft: #5d5f63; --link: #0b57a4;
  --good: #d9ecdc; --good-ink: #175c2c; --bad: #b3261e; --bad-ink: #ffffff; --bad-text: #a3211a; --open: #f6e3b4; --open-ink: #6b4a00;
  --bad-tint: #f5d3ce; --bad-tint-ink: #8a1a13; --none: transparent; --none-ink: #63656a; --crypt: #cfdcf3; --crypt-ink: #1d3f78; --plain: #f7e2c4; --plain-ink: #6f4508; --bar: #4a6fa5;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181b; --raised: #1f2226; --line: #383c42; --ink: #e4e4e1; --soft: #a2a5aa; --link: #86b7f0;
    --good: #1d3a26; --good-ink: #9fd8b0; --bad: #b8443c; --bad-ink: #ffffff; --bad-text: #ff9a90; --open: #4a3a10; --open-ink: #f1d48a;
    --bad-tint: #58231f; --bad-tint-ink: #ffc2bb; --none-ink: #9a9da3; --crypt: #26395c; --crypt-ink: #b9cff5; --plain: #4a3514; --plain-ink: #f2cf98; --bar: #7d9fd0;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 76rem; padding: 1.25rem clamp(.9rem, 3vw, 2.5rem) 4rem; overflow-wrap: break-word; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; font-weight: 650; }
h1 { font-size: clamp(1.35rem, 1rem + 1.6vw, 1.95rem); margin: .2rem 0 .6rem; letter-spacing: -.01em; }
h2 { font-size: 1.3rem; margin: 3rem 0 .8rem; padding-top: .9rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
h4 { font-size: .95rem; margin: 0 0 .35rem; }
p { margin: .5rem 0; max-width: 46rem; }
code, pre, .mono, .steps h4, svg text { font-family: var(--mono); }
code { font-size: .875em; overflow-wrap: anywhere; }
pre { margin: .4rem 0; padding: .55rem .75rem; background: var(--raised); border: 1px solid var(--line); border-radius: 4px; font-size: .8rem; line-height: 1.45; white-space: pre-wrap; overflow-wrap: anywhere; }
pre code { font-size: inherit; }
small, .soft { color: var(--soft); }
.kicker { color: var(--soft); font-size: .85rem; margin: 0; }
.lead { font-size: 1.05rem; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .3rem .6rem; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 1rem 0 0; font-size: .9rem; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; min-width: 0; }
nav ol { list-style: none; padding: 0; margin: .5rem 0; display: grid; gap: .35rem; }
nav li { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .6rem; align-items: baseline; }
nav a { text-decoration: none; }
nav a:hover span { text-decoration: underline; }

.word { display: inline-block; padding: 0 .45em; border-radius: 3px; border: 1px solid transparent; font-weight: 600; }
.holds, .fixed { background: var(--good); color: var(--good-ink); }
.broken, .lost { background: var(--bad); color: var(--bad-ink); }
.bounded, .changed, .unknown { background: var(--open); color: var(--open-ink); }
.refused, .unsupported, .same { background: var(--none); color: var(--none-ink); }
.word.refused, .word.unsupported, .word.same { border-color: var(--line); }
td.broken, td.lost { background: var(--bad-tint); color: var(--bad-tint-ink); }
td.lost, td.refused, td.unsupported { background-image: repeating-linear-gradient(135deg, transparent 0 6px, color-mix(in srgb, currentColor 12%, transparent) 6px 7px); }
td.same > * { font-weight: 400 !important; }
.key { display: inline-block; min-width: 1.6em; text-align: center; font-family: var(--mono); font-weight: 700; border: 1.5px solid currentColor; border-radius: 3px; }

.scroll { overflow-x: auto; margin: .8rem 0; border: 1px solid var(--line); border-radius: 4px; }
table { border-collapse: separate; border-spacing: 0; font-size: .84rem; line-height: 1.35; min-width: 100%; }
th, td { padding: .38rem .6rem; border-bottom: 1px solid var(--line); border-right: 1px solid var(--line); text-align: left; vertical-align: top; }
tr > :last-child { border-right: 0; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { background: var(--raised); font-weight: 600; vertical-align: bottom; }
thead th span, tbody th span { display: block; white-space: nowrap; }
tbody th { font-weight: 500; background: var(--paper); }
.heat tbody th { max-width: 21rem; min-width: 12rem; overflow-wrap: anywhere; position: sticky; left: 0; z-index: 1; }
.heat thead th small { display: block; font-weight: 400; }
.heat td { padding: 0; text-align: center; vertical-align: middle; height: 1px; min-width: 5rem; }
.heat td .key { border-width: 1px; min-width: 1.45em; }
.heat td > * { display: flex; align-items: center; justify-content: center; gap: .4em; height: 100%; min-height: 2.3rem; padding: .3rem .5rem; color: inherit; text-decoration: none; font-weight: 550; }
.heat td > a:hover { text-decoration: underline; }
.heat td > a:focus-visible { outline-offset: -3px; outline-color: currentColor; }
.small td { min-width: 0; }
.small td > * { min-height: 1.7rem; padding: .15rem .4rem; }
td.num, th.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
details { margin: .6rem 0; }
.unfold { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15.5rem), 1fr)); gap: 0 1rem; }
.unfold details { margin: .3rem 0; min-width: 0; }
.unfold details[open] { grid-column: 1 / -1; }
summary { cursor: pointer; color: var(--link); width: fit-content; }
ul.places { margin: .4rem 0; padding-left: 1.1rem; font-size: .9rem; max-width: 60rem; }
ul.places li { margin: .2rem 0; }

figure { margin: 1rem 0; }
figcaption { font-size: .85rem; color: var(--soft); margin-bottom: .35rem; }
.drawn { width: fit-content; max-width: 100%; overflow-x: auto; border: 1px solid var(--line); border-radius: 4px; background: var(--paper); }
svg { display: block; }
svg text { fill: var(--ink); font-size: 12px; }
svg .head { font-size: 11px; fill: var(--soft); }
svg .rule { stroke: var(--line); stroke-width: 1; }
svg .band { fill: var(--raised); opacity: 0; }
svg .band.now { opacity: 1; }
svg .crypt { fill: var(--crypt); stroke: var(--crypt-ink); }
svg .crypt-hatch { fill: url(#hatch); stroke: none; }
svg .plain { fill: var(--plain); stroke: var(--plain-ink); }
svg .on-crypt { fill: var(--crypt-ink); font-weight: 600; }
svg .on-plain { fill: var(--plain-ink); font-weight: 600; }
svg .mark { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5; }
svg .mark-text { font-weight: 700; text-anchor: middle; }
svg .wrong { fill: var(--bad); stroke: var(--bad); }
svg .wrong-text { fill: var(--bad-ink); font-weight: 700; text-anchor: middle; }
svg .wrong-cell { fill: none; stroke: var(--bad); stroke-width: 2; }
#hatch path { stroke: var(--crypt-ink); stroke-width: 1; opacity: .38; }

.controls { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin: .6rem 0; }
button { font: inherit; font-size: .85rem; color: var(--ink); background: var(--raised); border: 1px solid var(--line); border-radius: 4px; padding: .3rem .7rem; min-height: 2rem; cursor: pointer; }
button:hover { border-color: var(--soft); }
button[disabled] { opacity: .45; cursor: default; }
.steps { list-style: none; padding: 0; margin: .6rem 0; counter-reset: step; }
.steps > li { display: grid; grid-template-columns: 2.2rem minmax(0, 1fr); padding: .6rem 0; border-top: 1px solid var(--line); }
.steps > li > .n { font-family: var(--mono); color: var(--soft); font-size: .9rem; }
.steps > li.now { background: var(--raised); }
.steps h4 { overflow-wrap: anywhere; font-weight: 650; }
.steps ul { list-style: none; margin: .25rem 0; padding: 0; font-size: .87rem; }
.steps ul li { padding-left: 1.3rem; text-indent: -1.3rem; margin: .15rem 0; }
.steps ul li::before { content: attr(data-mark); display: inline-block; width: 1.3rem; text-indent: 0; font-family: var(--mono); font-weight: 700; color: var(--soft); }
.steps .bytes { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .1rem .8rem; margin: .35rem 0; font-size: .87rem; }
.steps .bytes dt { color: var(--soft); }
.steps .bytes dd { margin: 0; }
.objection { color: var(--bad-text); font-weight: 600; font-size: .9rem; margin: .35rem 0; }
dl.why { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .45rem 1rem; margin: 1rem 0; max-width: 60rem; font-size: .93rem; }
dl.why dt { color: var(--soft); }
dl.why dd { margin: 0; min-width: 0; }
.copied { color: var(--good-ink); }
.copy { position: relative; }
.copy button { position: absolute; top: .3rem; right: .3rem; font-size: .75rem; padding: .1rem .5rem; min-height: 1.6rem; }
.copy.has-button pre { padding-right: 4.6rem; }

.costs { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem 2rem; }
.costs figure { margin: .4rem 0; }
.chart { display: grid; grid-template-columns: minmax(6rem, 11rem) minmax(0, 1fr) max-content; gap: .25rem .6rem; font-size: .82rem; align-items: center; }
.chart .track { background: var(--raised); height: .95rem; border-radius: 2px; overflow: hidden; }
.chart .fill { display: block; height: 100%; background: var(--bar); border-radius: 2px; }
.chart .num { text-align: right; font-variant-numeric: tabular-nums; }
.chart b { font-weight: 650; }
footer { margin-top: 3.5rem; padding-top: .9rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; }

@media (max-width: 40rem) {
  .steps > li { grid-template-columns: 1.6rem minmax(0, 1fr); }
  dl.why, dl.facts, .steps .bytes { grid-template-columns: minmax(0, 1fr); gap: .05rem; }
  dl.why dd, dl.facts dd, .steps .bytes dd { margin-bottom: .4rem; }
  .heat tbody th { min-width: 7.2rem; max-width: 7.2rem; padding: .35rem .45rem; font-size: .78rem; }
  .chart { grid-template-columns: minmax(0, 1fr) minmax(0, 1.1fr) max-content; font-size: .78rem; }
}
@media print {
  :root { --bad-tint: #fff; --bad-tint-ink: #000; --paper: #fff; --raised: #f4f4f4; --line: #bbb; --ink: #000; --soft: #333; --link: #000; --bad: #fff; --bad-ink: #000; --bad-text: #000; --good: #fff; --good-ink: #000; --open: #fff; --open-ink: #000; --none-ink: #444; --crypt: #e8e8e8; --crypt-ink: #000; --plain: #fff; --plain-ink: #000; --bar: #444; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  html { font-size: 10.5pt; }
  body { max-width: none; padding: 0; }
  .controls, .skip, .copy button { display: none !important; }
  .steps > li[hidden] { display: grid !important; }
  .word { border-color: #000; }
  svg .wrong { fill: #000; stroke: #000; }
  svg .wrong-text { fill: #fff; }
  svg .wrong-cell { stroke: #000; stroke-dasharray: 4 2; }
  td.broken, td.lost { outline: 2px solid #000; outline-offset: -3px; font-weight: 700; }
  .scroll, .drawn { overflow: visible; }
  .heat tbody th { position: static; }
  .steps > li, figure, tr, pre { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
`;
