/** Injection token of the process's {@link AuditSigner}. */
export const AUDIT_SIGNER = Symbol('weir:audit-signer');
