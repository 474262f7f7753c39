import type { FlowData } from '@weir/flow';

/** What a workflow holds before anybody drew anything. */
export const BLANK_FLOW: FlowData = { nodes: [], edges: [], viewport: { x: 0, y: 0, zoom: 1 } };
