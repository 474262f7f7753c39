export const ROLES = ['owner', 'admin', 'builder', 'operator', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export const ACTOR_CHANNELS = ['session', 'api_key', 'canvas', 'system'] as const;
export type ActorChannel = (typeof ACTOR_CHANNELS)[number];

/**
 * Who acts, in which organization. Made once by the authentication guard (or by a background job for the person whose
 * work it does), passed first to every service and repository method, and the source of the row-level-security context.
 */
export interface Actor {
  readonly userId: string;
  readonly organizationId: string;
  readonly role: Role;
  readonly via: ActorChannel;
  /** The login session behind the access token; absent for system work. */
  readonly sessionId?: string;
  /** Set when a platform operator acts for somebody. */
  readonly onBehalfOf?: string;
  /** The key behind the request, when `via` is `api_key`. */
  readonly apiKeyId?: string;
  /** The only workflows that there are for this actor; absent when there is no such limit. */
  readonly workflowIds?: readonly string[];
}
