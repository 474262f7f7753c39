export { Public, Requires, CurrentActor, PUBLIC_ROUTE, REQUIRED_PERMISSION } from './access.decorators';
export * from './fields';
export { PageQuery, ApiPage, MAX_PAGE } from './pages.dto';
export { IfMatch, ReplyEtag, etagOf, type SetEtag } from './etag';
export { ProblemFilter, type ErrorTranslator } from './problem.filter';
export {
  databaseUnavailable,
  frameworkError,
  internalError,
  PROBLEM_CONTENT_TYPE,
  toProblem,
  type Problem,
} from './problem';
export { registerRequestContext, serverTiming } from './request-context.hook';
export { IdParam } from './id-param';
export { RateLimitGuard, RateLimited, RATE_CLASSES, tooManyRequests, type RateClass } from './rate-limit';
export { RouteTable, type RouteEntry } from './route-table';
export { DEFAULT_BODY_LIMIT, FLOW_BODY_LIMIT, registerBodyLimits } from './body-limits';
export { strictValidation } from './validation.pipe';
export { clientNetwork } from './client-network';
export { takeOnlyJson } from './json-body';
export { answerClientError, answerFrameworkError } from './early-errors';
