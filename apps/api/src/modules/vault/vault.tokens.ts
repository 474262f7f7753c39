/** Injection token of the process's {@link KeyProvider}. */
export const KEY_PROVIDER = Symbol('weir:key-provider');
