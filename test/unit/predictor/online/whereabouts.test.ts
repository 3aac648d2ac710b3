import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deviceId, pseudonym } from '../../../../src/domain/ids.js';
import { Whereabouts } from '../../../../src/predictor/online/whereabouts.js';

const U = pseudonym('u');
const [LAPTOP, PHONE] = [deviceId('laptop'), deviceId('phone')];

describe('Whereabouts', () => {
  it('gives an only device all, and anyone of whom nothing is known', () => {
    const whereabouts = new Whereabouts();
    assert.equal(whereabouts.share(U, LAPTOP), 1);
    for (let step = 0; step < 5; step++) whereabouts.observe({ user: U, device: LAPTOP });
    assert.equal(whereabouts.share(U, LAPTOP), 1);
    assert.equal(whereabouts.share(pseudonym('v'), PHONE), 1);
  });

  it('follows a user from one device to another', () => {
    const whereabouts = new Whereabouts();
    for (let step = 0; step < 40; step++) whereabouts.observe({ user: U, device: LAPTOP });
    const unseen = whereabouts.share(U, PHONE);
    assert.ok(unseen > 0 && unseen < 0.05, `${unseen}`);
    for (let step = 0; step < 10; step++) whereabouts.observe({ user: U, device: PHONE });
    const begun = whereabouts.share(U, PHONE);
    for (let step = 0; step < 60; step++) whereabouts.observe({ user: U, device: PHONE });
    const moved = whereabouts.share(U, PHONE);
    assert.ok(unseen < begun && begun < moved && moved > 0.8, `${unseen} ${begun} ${moved}`);
  });

  it('deals out shares above 0 that add up to at least 1 over the devices of a user', () => {
    const device = fc.constantFrom('a', 'b', 'c', 'd').map(deviceId);
    fc.assert(
      fc.property(fc.array(device, { minLength: 1, maxLength: 200 }), (devices) => {
        const whereabouts = new Whereabouts();
        for (const each of devices) whereabouts.observe({ user: U, device: each });
        const shares = [...new Set(devices)].map((each) => whereabouts.share(U, each));
        assert.ok(shares.every((share) => share > 0 && share <= 1));
        assert.ok(shares.reduce((sum, share) => sum + share, 0) > 1 - 1e-9);
      }),
    );
  });

  it('remembers so many users and devices, and forgets who was silent for longest', () => {
    const whereabouts = new Whereabouts();
    const visit = (user: string): void => {
      for (const device of [LAPTOP, PHONE]) whereabouts.observe({ user: pseudonym(user), device });
    };
    for (let user = 0; user < 8192; user++) visit(`${user}`);
    visit('0');
    visit('one more');
    assert.equal(whereabouts.share(pseudonym('1'), PHONE), 1);
    assert.ok(whereabouts.share(pseudonym('0'), PHONE) < 1);
    for (let device = 0; device < 40; device++)
      whereabouts.observe({ user: U, device: deviceId(`d${device}`) });
    const used = Array.from({ length: 40 }, (_, device) => whereabouts.share(U, deviceId(`d${device}`)));
    const least = Math.min(...used);
    assert.equal(used.filter((share) => share > least).length, 16);
  });
});
