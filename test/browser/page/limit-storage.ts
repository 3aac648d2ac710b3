type Store = (this: IDBObjectStore, ...args: unknown[]) => unknown;

/** A browser's quota cannot be set from outside: from now on it fails as it does, when contents take more than the limit. */
export function limitStorage(limit: number): void {
  const sizes = new Map<unknown, number>();
  const { prototype } = IDBObjectStore;
  // Functions of the browser, called on the stores that they were taken from.
  const put = Reflect.get(prototype, 'put') as Store;
  const remove = Reflect.get(prototype, 'delete') as Store;
  const limited: Store = function (value, key) {
    const bytes = value instanceof Uint8Array ? value.length : 0;
    const used = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    if (used + bytes > limit) throw new DOMException('no room', 'QuotaExceededError');
    sizes.set(key, bytes);
    return put.call(this, value, key);
  };
  const counted: Store = function (key) {
    sizes.delete(key);
    return remove.call(this, key);
  };
  Object.assign(prototype, { put: limited, delete: counted });
}
