export { buildTweaks, listBindings, renameSecrets, type TweakResult } from './bindings';
export { ComponentCatalogue, hashCode, parseCatalogue, type CodeOrigin } from './catalogue';
export { chooseModels, MODEL_PROVIDERS, type ModelChoice } from './choose-models';
export {
  describeInputs,
  type FlowInput,
  type FlowInterface,
  type FlowOutput,
  type InputKind,
} from './describe-inputs';
export { hashFlow } from './hash-flow';
export { inspectFlow } from './inspect-flow';
export { liftSecrets, type LiftResult } from './lift-secrets';
export { parseFlow, parseFlowFile } from './parse-flow';
export { providerNamed, providerOfSecret, PROVIDERS, type Provider } from './providers';
export { isSecretReferenceName, MASK, REMOVED, toSecretName } from './references';
export { restoreMasked } from './restore-masked';
export { sanitizeFlowData } from './sanitize';
export { PINNED_LANGFLOW, toExport } from './to-export';
export * from './types';
