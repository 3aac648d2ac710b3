/** Strings that must not be mixed up carry a brand; they are made at the edges, where they are checked. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A tenant's collection of items. */
export type SpaceId = Branded<'SpaceId'>;
/** An item in its space: path-like, for example `docs/plan.md`. */
export type ItemId = Branded<'ItemId'>;
/** A user as the token names them. Never reaches the store or a log. */
export type UserId = Branded<'UserId'>;
/** Keyed hash of a user id, 32 hex digits: the only name of a user behind the edge. */
export type Pseudonym = Branded<'Pseudonym'>;
/** A device of a user, as the token names it. */
export type DeviceId = Branded<'DeviceId'>;
/** One open stream of a device. */
export type SessionId = Branded<'SessionId'>;
/** SHA-256 of a content as 64 lower-case hex digits. */
export type DataHash = Branded<'DataHash'>;

// The casts below are the one place where a checked string becomes a branded one.
export const spaceId = (value: string): SpaceId => value as SpaceId;
export const itemId = (value: string): ItemId => value as ItemId;
export const userId = (value: string): UserId => value as UserId;
export const pseudonym = (value: string): Pseudonym => value as Pseudonym;
export const deviceId = (value: string): DeviceId => value as DeviceId;
export const sessionId = (value: string): SessionId => value as SessionId;
export const dataHash = (value: string): DataHash => value as DataHash;
