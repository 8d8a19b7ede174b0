interface Entry<Value> {
  readonly value: Value;
  readonly size: number;
  readonly owner: string;
}

interface Owned {
  /** The least recently used key comes first. */
  readonly keys: Set<string>;
  size: number;
}

/**
 * A cache of limited size for all callers. When it is full, the caller that holds the most loses
 * the entry it has used least recently. So no caller can displace the entries of all others.
 */
export class FairCache<Value> {
  readonly #maxSize: number;
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #owners = new Map<string, Owned>();
  #size = 0;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    const keys = this.#owners.get(entry.owner)?.keys;
    keys?.delete(key);
    keys?.add(key);
    return entry.value;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Adds an entry for the caller that pays for it with its share. Keeps an existing entry. */
  add(key: string, value: Value, { size, owner }: Omit<Entry<Value>, 'value'>): void {
    if (this.#entries.has(key) || size > this.#maxSize) return;
    this.#entries.set(key, { value, size, owner });
    const owned = this.#owners.get(owner) ?? { keys: new Set(), size: 0 };
    this.#owners.set(owner, owned);
    owned.keys.add(key);
    owned.size += size;
    this.#size += size;
    while (this.#size > this.#maxSize) this.#evict();
  }

  #evict(): void {
    let largest: [owner: string, owned: Owned] | undefined;
    for (const each of this.#owners) {
      if (!largest || each[1].size > largest[1].size) largest = each;
    }
    if (!largest) return;
    const [owner, owned] = largest;
    const [key = ''] = owned.keys;
    const size = this.#entries.get(key)?.size ?? 0;
    this.#entries.delete(key);
    owned.keys.delete(key);
    owned.size -= size;
    this.#size -= size;
    if (owned.keys.size === 0) this.#owners.delete(owner);
  }
}
