/** What both entries export. */
export type { Activity, ActivityContext, ItemActivity, SearchActivity } from './activity.js';
export type { BackoffRules } from './backoff.js';
export type { Checkpoint, Edge } from './checkpoint.js';
export { Foresync } from './client.js';
export type { ConnectionState } from './connection-state.js';
export type { ListOptions } from './content-reads.js';
export type { WriteOptions, Written } from './content-verbs.js';
export type { Counters } from './device.js';
export type { ErrorCode, ErrorDetails } from './errors.js';
export { CLIENT_CODES, ForesyncClientError, SERVER_CODES } from './errors.js';
export type {
  ConnectionEvent,
  Durability,
  ForesyncEvent,
  InvalidatedEvent,
  PushedEvent,
  Reason,
  RejectedEvent,
} from './events.js';
export type { Location } from './geohash.js';
export type { LruEntry } from './lru-index.js';
export { DEFAULT_BUFFER_BYTES, LruIndex } from './lru-index.js';
export type { Opened } from './opener.js';
export type { ClientOptions, PushBudget } from './options.js';
export type { DeviceRanking, Likely, Ranking, RankingGround, RankOptions } from './ranking.js';
export type { Token } from './token-source.js';
export type { CallOptions, SessionLink, Transport } from './transport.js';
export type { Patience } from './within.js';
