import assert from 'node:assert/strict';
import { Calibration } from '../../../src/replay/calibration.js';

const close = (actual: number | null, expected: number): void =>
  assert.ok(actual !== null && Math.abs(actual - expected) < 1e-9, `${actual}, not ${expected}`);

describe('Calibration', () => {
  it('has no figures of nothing', () => {
    const { ece, prAuc, calibration, precision } = new Calibration().figures();
    assert.deepEqual([ece, prAuc, calibration, precision], [null, null, [], []]);
  });

  it('makes 15 bins of equal mass', () => {
    const calibration = new Calibration();
    for (let n = 0; n < 150; n++) calibration.add(n / 150, n % 10 === 0);
    const bins = calibration.figures().calibration;
    assert.deepEqual(
      bins.map(({ count }) => count),
      Array.from({ length: 15 }, () => 10),
    );
    for (const [bin, { meanScore, openedShare }] of bins.entries()) {
      close(meanScore, (bin * 10 + 4.5) / 150);
      close(openedShare, 0.1);
    }
  });

  it('ece is the mean distance of the bins; scores above 1 count as 1', () => {
    const calibration = new Calibration();
    // 15 bins of 2: each scored 0.5 and 7, each opened once.
    for (let n = 0; n < 15; n++) {
      calibration.add(0.5, true);
      calibration.add(7, false);
    }
    // By score: 15 of 0.5, all opened, then 15 of 7, none: 7 bins 0.5 off, one bin of both 0.25 off, 7 bins 1 off.
    close(calibration.figures().ece, (7 * 0.5 + 0.25 + 7 * 1) / 15);
  });

  it('pr_auc is the average precision, equal scores taken together', () => {
    const calibration = new Calibration();
    for (const [score, opened] of [
      [0.9, true],
      [0.8, false],
      [0.7, true],
      [0.7, false],
      [0.1, true],
    ] as const)
      calibration.add(score, opened);
    // Highest first: 1 of 1 at recall 1/3; 2 of 4 at recall 2/3; 3 of 5 at recall 1.
    close(calibration.figures().prAuc, (1 + 2 / 4 + 3 / 5) / 3);
    assert.deepEqual(
      calibration.figures().precision.map(({ precision }) => precision),
      [1, 0.5, 0.6],
    );
  });

  it('thins more than a million scores evenly, and points to 60', () => {
    const calibration = new Calibration();
    for (let n = 0; n < 2_200_000; n++) calibration.add((n % 1000) / 1000, n % 1000 < 500);
    const figures = calibration.figures();
    const kept = figures.calibration.reduce((sum, { count }) => sum + count, 0);
    assert.ok(kept > 500_000 && kept <= 1 << 20, `${kept} scores`);
    // Below 0.5 all are opened, above none: 14 bins are 0.7667 off in the mean, the middle one is right.
    assert.ok(Math.abs((figures.ece ?? 1) - (14 / 15) * 0.7667) < 0.01);
    assert.equal(figures.precision.length, 60);
  }).timeout(30_000);
});
