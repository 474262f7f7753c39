import { isJsonObject, type JsonValue } from '@weir/kernel';
import { type ComponentCatalogue, hashCode } from './catalogue';
import { aboutNode } from './finding';
import { fieldFindings } from './inspect-fields';
import type { Finding, FlowData, Rule, Severity } from './types';
import { nodesOf, type NodePlace } from './walk';

/**
 * Components that run Python which users or models write, under every name Langflow gives them
 * (`lfx.utils.flow_validation.CODE_EXECUTION_COMPONENT_TYPES`, 1.13). Their own code is shipped, so no hash gives them away.
 */
const INTERPRETERS: ReadonlySet<string> = new Set([
  'CSVAgent',
  'CodeAct Agent (Smolagents)',
  'CodeActAgentSmolagents',
  'Cuga',
  'LambdaFilterComponent',
  'OpenDsStar Agent',
  'OpenDsStarAgent',
  'Python Code Structured',
  'PythonCodeStructuredTool',
  'Python Function',
  'PythonFunction',
  'PythonFunctionComponent',
  'Python Interpreter',
  'PythonREPLComponent',
  'Python REPL',
  'PythonREPLToolComponent',
  'PythonREPLTool',
  'Smart Transform',
]);

/** They run another flow by id or name, which this inspection does not see. */
const FLOW_REFERENCES: ReadonlySet<string> = new Set(['RunFlow', 'SubFlow', 'FlowTool']);

const STDIO_TYPES: ReadonlySet<string> = new Set(['MCPStdio', 'MCP Tools (stdio) [DEPRECATED]']);

const OUTPUTS: ReadonlySet<string> = new Set(['ChatOutput', 'TextOutput', 'TextOutputComponent']);

/**
 * What in a flow may not run, or may not work, on an engine that tenants share, nodes inside groups included. It reports;
 * the policy of an organization decides. Pure and fast (tens of milliseconds for 500 nodes).
 */
export function inspectFlow(flowData: FlowData, catalogue: ComponentCatalogue): Finding[] {
  const places = [...nodesOf(flowData)];
  const hashOf = rememberHashes();
  const findings = places.flatMap((place) => [
    ...codeFindings(place, catalogue, hashOf),
    ...typeFindings(place),
    ...fieldFindings(place),
  ]);
  return [...findings, ...flowFindings(flowData, places)];
}

/** Big flows repeat few components, and hashing their sources is most of the work. */
function rememberHashes(): (source: string) => string {
  const known = new Map<string, string>();
  return (source) => {
    const hash = known.get(source) ?? hashCode(source);
    known.set(source, hash);
    return hash;
  };
}

function codeFindings(
  place: NodePlace,
  catalogue: ComponentCatalogue,
  hashOf: (source: string) => string,
): Finding[] {
  const source = sourceOf(place);
  if (source === null) return [];
  if (source === undefined) return [aboutNode(place, 'block', 'custom-code', 'holds code that is not text')];
  const hash = hashOf(source);
  if (isInterpreter(place) || catalogue.isCodeOf(INTERPRETERS, hash)) {
    const detail = 'runs Python that is written by users or models';
    return [aboutNode(place, 'block', 'code-interpreter', detail)];
  }
  const origin = catalogue.originOf(hash);
  if (origin === 'shipped') return [];
  if (origin === 'earlier') {
    const detail = `has the code of an earlier release; Langflow ${catalogue.langflowVersion} ships another`;
    return [aboutNode(place, 'warn', 'outdated-component', detail)];
  }
  const detail = `has code that Langflow ${catalogue.langflowVersion} does not ship`;
  return [aboutNode(place, 'block', 'custom-code', detail)];
}

/** Null when the node has no code, undefined when its code cannot be read. Exports may hold code as lines. */
function sourceOf(place: NodePlace): string | null | undefined {
  const field = place.template['code'];
  const value: JsonValue | undefined = isJsonObject(field) ? field['value'] : field;
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  const isLines = Array.isArray(value) && value.every((line) => typeof line === 'string');
  return isLines ? value.join('\n') : undefined;
}

function isInterpreter(place: NodePlace): boolean {
  return INTERPRETERS.has(place.type) || INTERPRETERS.has(place.name);
}

function typeFindings(place: NodePlace): Finding[] {
  const findings: Finding[] = [];
  if (isInterpreter(place) && sourceOf(place) === null) {
    const detail = 'runs Python that is written by users or models';
    findings.push(aboutNode(place, 'block', 'code-interpreter', detail));
  }
  if (STDIO_TYPES.has(place.type)) {
    findings.push(aboutNode(place, 'block', 'mcp-stdio', 'starts a program on the engine'));
  }
  if (FLOW_REFERENCES.has(place.type)) {
    findings.push(
      aboutNode(place, 'warn', 'flow-reference', 'runs another flow, which is not inspected here'),
    );
  }
  return findings;
}

function flowFindings(flowData: FlowData, places: readonly NodePlace[]): Finding[] {
  const findings: Finding[] = [];
  if (typeof flowData['access_type'] === 'string' && flowData['access_type'].toUpperCase() === 'PUBLIC') {
    findings.push(flowFinding('block', 'public-access', 'The flow asks to be public.'));
  }
  if (!places.some(({ type }) => OUTPUTS.has(type))) {
    const detail =
      'The flow has no Chat Output, so a run has nothing to answer with. Add one and connect it.';
    findings.push(flowFinding('warn', 'missing-chat-output', detail));
  }
  return findings;
}

function flowFinding(severity: Severity, rule: Rule, detail: string): Finding {
  return { severity, rule, nodeId: null, component: null, detail };
}
