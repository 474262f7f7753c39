import { ManualClock } from '@weir/kernel';
import { generateDataKey } from './data-key';
import { DataKeyCache } from './data-key-cache';
import { someOwner } from './testing/key-fixtures';

const TTL_MS = 60_000;

function setUp(maxEntries = 10) {
  const clock = new ManualClock();
  const loaded: Buffer[] = [];
  const load = () => {
    const key = generateDataKey();
    loaded.push(key);
    return Promise.resolve(key);
  };
  return { clock, loaded, load, cache: new DataKeyCache({ clock, ttlMs: TTL_MS, maxEntries }) };
}

const hex = (key: Buffer) => key.toString('hex');
const isErased = (key: Buffer | undefined) => key !== undefined && key.every((byte) => byte === 0);

describe('DataKeyCache', () => {
  it('loads a key once for many uses, also concurrent ones', async () => {
    const { cache, load, loaded } = setUp();
    const owner = someOwner();
    const used = await Promise.all([1, 2, 3].map(() => cache.use(owner, 1, load, hex)));
    expect(new Set([...used, await cache.use(owner, 1, load, hex)]).size).toBe(1);
    expect(loaded).toHaveLength(1);
  });

  it('keeps owners, the organization and numbers apart', async () => {
    const { cache, load } = setUp();
    const owner = someOwner();
    const used = [
      await cache.use(owner, 1, load, hex),
      await cache.use(owner, 2, load, hex),
      await cache.use({ ...owner, ownerUserId: null }, 1, load, hex),
      await cache.use(someOwner(), 1, load, hex),
    ];
    expect(new Set(used).size).toBe(4);
  });

  it('loads again after the time to live, and erases the old key', async () => {
    const { cache, load, loaded, clock } = setUp();
    const owner = someOwner();
    await cache.use(owner, 1, load, hex);
    clock.advance(TTL_MS - 1);
    await cache.use(owner, 1, load, hex);
    expect(loaded).toHaveLength(1);
    clock.advance(1);
    await cache.use(owner, 1, load, hex);
    expect(loaded).toHaveLength(2);
    expect(isErased(loaded[0])).toBe(true);
  });

  it('erases expired keys of others when a new one comes in', async () => {
    const { cache, load, loaded, clock } = setUp();
    await cache.use(someOwner(), 1, load, hex);
    clock.advance(TTL_MS);
    await cache.use(someOwner(), 1, load, hex);
    expect(isErased(loaded[0])).toBe(true);
    expect(cache.size).toBe(1);
  });

  it('never holds more than its bound, and gives up the key unused for longest', async () => {
    const { cache, load, loaded } = setUp(2);
    const [first, second, third] = [someOwner(), someOwner(), someOwner()];
    await cache.use(first, 1, load, hex);
    await cache.use(second, 1, load, hex);
    await cache.use(first, 1, load, hex);
    await cache.use(third, 1, load, hex);
    expect(cache.size).toBe(2);
    expect(loaded.map(isErased)).toEqual([false, true, false]);
  });

  it('forgets all keys of one owner and no other', async () => {
    const { cache, load, loaded } = setUp();
    const owner = someOwner();
    await cache.use(owner, 1, load, hex);
    await cache.use(owner, 2, load, hex);
    await cache.use(someOwner(), 1, load, hex);
    cache.forget(owner);
    expect(loaded.map(isErased)).toEqual([true, true, false]);
  });

  it('does not keep a key that was being loaded when its owner was forgotten', async () => {
    const { cache } = setUp();
    const owner = someOwner();
    const stale = generateDataKey();
    let arrive: (key: Buffer) => void = () => undefined;
    const pending = cache.use(owner, 1, () => new Promise<Buffer>((resolve) => (arrive = resolve)), hex);
    await new Promise(setImmediate);
    cache.forget(owner);
    arrive(stale);
    await new Promise(setImmediate);
    // The cache asks again: by now the row is gone, or a new key is there.
    expect(isErased(stale)).toBe(true);
    const afterwards = generateDataKey();
    arrive(Buffer.from(afterwards));
    await expect(pending).resolves.toBe(hex(afterwards));
    expect(cache.size).toBe(0);
  });

  it('serves everyone although the bound is smaller than the crowd', async () => {
    const { cache, load, loaded } = setUp(1);
    const owners = Array.from({ length: 20 }, someOwner);
    const used = await Promise.all(owners.map((owner) => cache.use(owner, 1, load, hex)));
    expect(used.filter((key) => /^0+$/.test(key))).toEqual([]);
    expect(loaded.filter((key) => !isErased(key))).toHaveLength(1);
  });

  it('passes a failed load on, and tries again next time', async () => {
    const { cache, load } = setUp();
    const owner = someOwner();
    await expect(cache.use(owner, 1, () => Promise.reject(new Error('no row')), hex)).rejects.toThrow(
      'no row',
    );
    await expect(cache.use(owner, 1, load, hex)).resolves.toHaveLength(64);
  });

  it('erases everything at shutdown', async () => {
    const { cache, load, loaded } = setUp();
    await cache.use(someOwner(), 1, load, hex);
    cache.clear();
    expect(loaded.map(isErased)).toEqual([true]);
    expect(cache.size).toBe(0);
  });
});
