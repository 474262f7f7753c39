import type { JsonObject } from '@weir/kernel';
import { sanitizeFlowData } from './sanitize';
import type { FlowDocument } from './types';

/** The engine release that exports claim to come from; Langflow compares it with its own when a file is imported. */
export const PINNED_LANGFLOW = '1.13.0';

/**
 * A file that Langflow's own import accepts: bindings stand in it by name, and no secret does. Importing it again gives the
 * same flow.
 */
export function toExport(document: FlowDocument): JsonObject {
  return {
    name: document.name,
    description: document.description,
    tags: [...document.tags],
    is_component: false,
    last_tested_version: PINNED_LANGFLOW,
    endpoint_name: null,
    data: sanitizeFlowData(document.flowData),
  };
}
