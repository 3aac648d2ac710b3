import assert from 'node:assert/strict';
import { itemId } from '../../../src/domain/ids.js';
import { contentSize, defaultSize } from '../../../src/replay/sizes.js';

const sample = Array.from({ length: 5000 }, (_, at) => defaultSize(itemId(`docs/page-${at}.md`)));

describe('replay/sizes', () => {
  it('draws the same size for the same item for ever', () => {
    assert.equal(defaultSize(itemId('README.md')), 26360);
    assert.equal(defaultSize(itemId('docs/ü/🍕')), 15651);
  });

  it('follows 16384·exp(1.2·z): median, spread and symmetry of the logarithm', () => {
    const z = sample.map((size) => Math.log(size / 16384) / 1.2);
    const mean = z.reduce((sum, value) => sum + value, 0) / z.length;
    const deviation = Math.sqrt(z.reduce((sum, value) => sum + (value - mean) ** 2, 0) / z.length);
    assert.ok(Math.abs(mean) < 0.05, `mean of z is ${mean}`);
    assert.ok(Math.abs(deviation - 1) < 0.05, `deviation of z is ${deviation}`);
    assert.ok(Math.abs(z.filter((value) => value > 1).length / z.length - 0.1587) < 0.02);
  });

  it('brings sizes into what a content can have', () => {
    assert.equal(contentSize(0), 1);
    assert.equal(contentSize(1.4), 1);
    assert.equal(contentSize(1e15), 64 * 1024 * 1024);
  });
});
