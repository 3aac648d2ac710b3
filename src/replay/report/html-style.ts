import { REPLAY_POLICIES } from '../policies.js';

/** The report's style: one file, no network, light and dark by the reader's setting, readable on a phone and in print. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #fbfaf8; --card: #ffffff; --ink: #1d2129; --soft: #5b6472; --line: #e2dfd8; --grid: #ecebe6;
  --good: #0b7a5b; --bad: #b5492c; --muted: #a9adb5;
  --none: #7d828c; --mirror: #a5682a; --popular: #c2477f; --recent: #2f7fd1; --frequent: #7a9a01;
  --markov: #008f8c; --covisit: #8457c9; --blend: #0b7a5b; --model: #d0342c; --oracle: #c08a00; --other: #56606e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14161a; --card: #1c1f25; --ink: #e9eaec; --soft: #a2a9b4; --line: #30343c; --grid: #282c33;
    --good: #3fc79a; --bad: #ef8a68; --muted: #656b76;
    --none: #9aa1ac; --mirror: #d59a5c; --popular: #ee86b4; --recent: #72b2f5; --frequent: #b5d33f;
    --markov: #3fc9c4; --covisit: #b897f2; --blend: #3fc79a; --model: #ff7a70; --oracle: #ecc04b; --other: #aab3bf;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
header p.kicker { margin: 0 0 .6rem; color: var(--soft); font-size: .85rem; letter-spacing: .04em; text-transform: uppercase; overflow-wrap: anywhere; }
h1 { margin: 0 0 1.5rem; font-size: clamp(1.45rem, 1rem + 2.2vw, 2.3rem); line-height: 1.25; font-weight: 650; letter-spacing: -.015em; text-wrap: balance; }
h2 { margin: 0 0 .2rem; font-size: 1.15rem; font-weight: 650; }
section { margin-top: 1.5rem; padding: 1.3rem 1.4rem 1.4rem; background: var(--card); border: 1px solid var(--line); border-radius: .8rem; }
section > p { margin: 0 0 1.1rem; color: var(--soft); max-width: 46rem; font-size: .94rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .9rem; margin: 0; padding: 0; list-style: none; }
.facts li { padding: .9rem 1.1rem; background: var(--card); border: 1px solid var(--line); border-radius: .8rem; }
.facts b { display: block; font-size: 1.55rem; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
.facts span { color: var(--soft); font-size: .86rem; }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: .45rem .8rem; align-items: center; margin: 0; }
.bars .name { font-size: .92rem; }
.bars .best { font-weight: 650; }
.bars .track { position: relative; height: 1.15rem; background: var(--grid); border-radius: .3rem; overflow: hidden; display: flex; }
.bars .track i { display: block; height: 100%; background: var(--c); }
.bars .track i.wasted { background: repeating-linear-gradient(135deg, var(--bad) 0 3px, transparent 3px 6px); }
.bars .track i.outline { background: repeating-linear-gradient(90deg, var(--c) 0 2px, transparent 2px 6px); }
.bars .value { text-align: right; font-size: .9rem; font-variant-numeric: tabular-nums; }
.chart { display: grid; grid-template-columns: 2.9rem 1fr; grid-template-rows: 15rem auto; gap: .3rem .5rem; }
.chart .y, .chart .x { position: relative; color: var(--soft); font-size: .78rem; font-variant-numeric: tabular-nums; }
.chart .y span { position: absolute; right: 0; transform: translateY(-50%); }
.chart .x { grid-column: 2; height: 1.3rem; display: flex; justify-content: space-between; }
.chart svg { width: 100%; height: 100%; overflow: visible; display: block; }
.chart svg * { vector-effect: non-scaling-stroke; }
.grid { stroke: var(--grid); stroke-width: 1; }
.curve { fill: none; stroke: var(--c); stroke-width: 1.6; stroke-linejoin: round; stroke-linecap: round; opacity: .75; }
.curve.strong { stroke-width: 3; opacity: 1; }
.curve.dashed { stroke-dasharray: 5 5; opacity: 1; }
.ideal { stroke: var(--muted); stroke-width: 1.2; stroke-dasharray: 3 4; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: .7rem 0 0; padding: 0; list-style: none; font-size: .88rem; }
.legend i { display: inline-block; width: 1.1em; height: .28em; margin-right: .45em; vertical-align: .22em; border-radius: 1px; background: var(--c); }
.legend .strong { font-weight: 650; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1.6rem; }
.pair h3 { margin: 0 0 .5rem; font-size: .95rem; font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .42rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
tbody th { font-weight: 500; }
tr.best th, tr.best td { font-weight: 650; color: var(--good); }
.swatch { display: inline-block; width: .65em; height: .65em; margin-right: .5em; border-radius: 50%; background: var(--c); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.1rem; margin: 0; font-size: .92rem; }
dt { font-weight: 600; } dd { margin: 0; color: var(--soft); }
@media (max-width: 36rem) {
  main { padding: 1.5rem .8rem 3rem; } section { padding: 1.1rem 1rem; }
  .chart { grid-template-rows: 12rem auto; } dl { grid-template-columns: 1fr; gap: .1rem; } dd { margin-bottom: .6rem; }
}
@media print { body { background: none; } section { break-inside: avoid; } }
`;

/** Inline style that gives an element the colour of a policy. */
export function tint(policy: string): string {
  return `style="--c:var(--${REPLAY_POLICIES.some((named) => named === policy) ? policy : 'other'})"`;
}
