/** Injection token of the {@link JwtKeyRing}. */
export const JWT_KEYS = Symbol('weir:jwt-keys');
