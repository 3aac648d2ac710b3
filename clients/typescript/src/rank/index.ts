/** Entry for devices that rank what they hold by themselves; needs the package `@foresync/ranking`. */
export type { DeviceRanking, Likely, Ranking, RankingGround, RankOptions } from '../ranking.js';
export type { RankingOptions } from './ranking.js';
export { ranking } from './ranking.js';
