import assert from 'node:assert/strict';
import type { Finding } from '../../../../../src/domain/finding.js';
import {
  checkClocks,
  checkCluster,
  checkMemory,
  checkPersistence,
  checkReplicas,
  checkVersions,
} from '../../../../../src/store/redis/examine/checks.js';
import type { ServerReport } from '../../../../../src/store/redis/examine/servers.js';
import { REDIS_SETTINGS } from '../../../../../src/store/redis/settings.js';

const server = (
  name: string,
  info: Readonly<Record<string, string>>,
  more: Partial<ServerReport> = {},
): ServerReport => ({
  name,
  info: new Map(Object.entries(info)),
  aheadMs: 0,
  saves: true,
  cluster: new Map(),
  layout: null,
  ...more,
});

const told = ({ outcome, found }: Finding): string => `${outcome}: ${found}`;

describe('store/redis/examine: checks', () => {
  it('versions: one old server is named', () => {
    const old = [server('a', { redis_version: '7.4.1' }), server('b', { redis_version: '6.2.0' })];
    assert.equal(told(checkVersions(old)), 'failure: Redis 7.4.1, 6.2.0 (b)');
    assert.equal(checkVersions([server('a', { redis_version: '8.0.0' })]).outcome, 'ok');
  });

  it('cluster: every node has to find it up', () => {
    const view = (state: string, slots: string): Partial<ServerReport> => ({
      cluster: new Map([
        ['cluster_state', state],
        ['cluster_slots_ok', slots],
        ['cluster_size', '3'],
      ]),
    });
    assert.equal(checkCluster([server('a', {}, view('ok', '16384'))]).outcome, 'ok');
    assert.equal(
      told(checkCluster([server('a', {}, view('ok', '16384')), server('b', {}, view('fail', '10922'))])),
      'failure: not up for b: 16384 of 16384 slots are served',
    );
  });

  it('replicas: as many as acknowledgements wait for, answering lately', () => {
    const primary = {
      role: 'master',
      connected_slaves: '1',
      slave0: 'ip=a,port=1,state=online,offset=1,lag=0',
    };
    const slow = { ...primary, slave0: 'ip=a,port=1,state=online,offset=1,lag=9' };
    assert.equal(
      checkReplicas([server('a', primary), server('r', { role: 'slave' })], REDIS_SETTINGS).outcome,
      'ok',
    );
    const refusing = { ...REDIS_SETTINGS, refuseDegraded: true };
    assert.equal(
      told(checkReplicas([server('a', slow)], refusing)),
      'failure: a has 0 of 1: its writes are refused',
    );
    assert.equal(
      checkReplicas([server('a', primary)], { ...REDIS_SETTINGS, replicas: 2 }).outcome,
      'failure',
    );
  });

  it('memory: nearly full is told', () => {
    const full = { maxmemory: '1000', used_memory: '950' };
    assert.equal(told(checkMemory([server('a', full)])), 'warning: a use 95 % of maxmemory');
    assert.equal(checkMemory([server('a', { maxmemory: '0', used_memory: '950' })]).outcome, 'ok');
  });

  it('persistence: failing writes are a failure, snapshots alone and nothing at all are told apart', () => {
    const failing = server('a', { aof_enabled: '1', aof_last_write_status: 'err' });
    assert.equal(told(checkPersistence([failing])), 'failure: a cannot write to disk');
    const snapshots = server('b', { aof_enabled: '0' });
    assert.match(told(checkPersistence([snapshots])), /^warning: b write snapshots alone/);
    const nothing = server('c', { aof_enabled: '0' }, { saves: false });
    assert.match(told(checkPersistence([snapshots, nothing])), /^warning: c keep nothing on disk/);
    assert.equal(checkPersistence([server('d', { aof_enabled: '1' })]).outcome, 'ok');
  });

  it('clocks: the furthest counts, behind or ahead', () => {
    const near = server('a', {}, { aheadMs: 300 });
    assert.equal(checkClocks([near]).outcome, 'ok');
    const behind = server('b', {}, { aheadMs: -2500 });
    assert.equal(told(checkClocks([near, behind])), 'warning: at most 2500 ms from this machine’s (b)');
  });
});
