import { AppError } from '@weir/kernel';
import { parseFlow, parseFlowFile } from './index';
import { flowOf, groupOf, nodeOf, noteOf, starterFile } from './testing/sample-flows';

function problemOf(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('Nothing was refused');
}

const pointersOf = (value: unknown, limits = {}): string[] =>
  (problemOf(() => parseFlow(value, limits)).errors ?? []).map(({ pointer }) => pointer);

describe('parseFlow', () => {
  it('reads an export of Langflow (F47)', () => {
    const file = starterFile('simple-agent');
    expect(parseFlow(file)).toEqual({
      name: 'Simple Agent',
      description: file['description'],
      tags: file['tags'],
      flowData: file['data'],
    });
  });

  it('reads bare flow data', () => {
    const flow = flowOf([nodeOf('ChatInput', {})]);
    expect(parseFlow(flow)).toEqual({ name: 'Untitled flow', description: '', tags: [], flowData: flow });
  });

  it('takes over nothing that says where the flow lived or who may see it', () => {
    const foreign = {
      fs_path: '/etc/cron.d/x',
      user_id: 'u',
      folder_id: 'f',
      access_type: 'PUBLIC',
      mcp_enabled: true,
      webhook: true,
      endpoint_name: 'mine',
    };
    const text = JSON.stringify(parseFlow({ name: 'A', ...foreign, data: { ...flowOf([]), ...foreign } }));
    for (const setting of Object.keys(foreign)) expect(text).not.toContain(setting);
  });

  it('does not touch what it was given', () => {
    const file = starterFile('echo');
    const before = JSON.stringify(file);
    parseFlow(file).flowData.nodes[0]!.data['id'] = 'changed';
    expect(JSON.stringify(file)).toBe(before);
  });

  it.each([
    ['a text', 'x', ['']],
    ['null', null, ['']],
    ['an empty object', {}, ['/data']],
    ['nodes that are no array', { nodes: {}, edges: [] }, ['/nodes']],
    ['missing edges', { name: 'x', data: { nodes: [] } }, ['/data/edges']],
    ['a node without id', { nodes: [{ data: { node: {} } }], edges: [] }, ['/nodes/0/id']],
    ['a node without data', { nodes: [{ id: 'a' }], edges: [] }, ['/nodes/0/data']],
    ['a node without component', { nodes: [{ id: 'a', data: {} }], edges: [] }, ['/nodes/0/data/node']],
    [
      'a template that is a list',
      { nodes: [{ id: 'a', data: { node: { template: [] } } }], edges: [] },
      ['/nodes/0/data/node/template'],
    ],
    ['two nodes of one id', flowOf([noteOf('', 'a'), noteOf('', 'a')]), ['/nodes/1/id']],
    [
      'edges to nowhere',
      flowOf(
        [noteOf('', 'a')],
        [
          { source: 'b', target: 'a' },
          { source: 'a', target: 'c' },
        ],
      ),
      ['/edges/0/source', '/edges/1/target'],
    ],
    [
      'a bad node inside a group',
      flowOf([groupOf([{ ...noteOf(''), id: '' }], {})]),
      ['/nodes/0/data/node/flow/data/nodes/0/id'],
    ],
    [
      'a group without a graph',
      flowOf([groupOf([], {}), { ...noteOf(''), data: { node: { flow: {} } } }]),
      ['/nodes/1/data/node/flow'],
    ],
    ['a name that is a number', { name: 7, data: flowOf([]) }, ['/name']],
    ['tags that are objects', { name: 'x', tags: ['a', {}], data: flowOf([]) }, ['/tags/1']],
    ['a NUL character', flowOf([noteOf('a\0b')]), ['/nodes/0/data/node/description']],
    ['half a surrogate pair', flowOf([noteOf('\ud800')]), ['/nodes/0/data/node/description']],
  ])('refuses %s and says where (F47)', (_title, value, pointers) => {
    const problem = problemOf(() => parseFlow(value));
    expect(problem).toMatchObject({ status: 422, code: 'validation_failed' });
    expect((problem.errors ?? []).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('refuses names that reach the prototype, and leaves the prototype alone (R52)', () => {
    const hostile: unknown = JSON.parse(
      '{"nodes":[],"edges":[],"__proto__":{"polluted":true},"a":{"__proto__":1}}',
    );
    expect(pointersOf(hostile).toSorted()).toEqual(['/__proto__', '/a/__proto__']);
    expect('polluted' in {}).toBe(false);
  });

  it('names at most twenty places', () => {
    const problem = problemOf(() => parseFlow(flowOf(Array.from({ length: 40 }, () => noteOf('', '')))));
    expect(problem.errors).toHaveLength(20);
    expect(problem.detail).toContain('first 20');
  });

  it('refuses more than 10 MB with 413 (F47)', () => {
    const big = flowOf([noteOf('é'.repeat(5 * 1024 * 1024))]);
    expect(problemOf(() => parseFlow(big))).toMatchObject({ status: 413, code: 'flow_too_large' });
  });

  it('counts nodes inside groups', () => {
    const inner = Array.from({ length: 5 }, (_, i) => noteOf('', `n${i}`));
    expect(pointersOf(flowOf([groupOf(inner, {})]), { maxNodes: 5 })).toEqual(['/nodes']);
    expect(parseFlow(flowOf([groupOf(inner, {})]), { maxNodes: 6 }).flowData.nodes).toHaveLength(1);
  });

  it('bounds groups inside groups', () => {
    let node = noteOf('');
    for (let depth = 0; depth < 10; depth++) node = groupOf([node], {});
    expect(pointersOf(flowOf([node]))[0]).toMatch(/^(?:\/nodes\/0\/data\/node\/flow\/data){9}$/);
  });

  it('refuses 10,000 levels of nesting in less than 100 ms (R47)', () => {
    const deep: unknown = JSON.parse(
      `{"nodes":[],"edges":[],"x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    );
    const start = performance.now();
    expect(pointersOf(deep)).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(100);
  });
});

describe('parseFlowFile', () => {
  const flows = ['echo', 'simple-agent'].map(starterFile);

  it.each([
    ['one flow', flows[0], ['Echo']],
    ['{ flows }', { flows }, ['Echo', 'Simple Agent']],
    ['a list', flows, ['Echo', 'Simple Agent']],
  ])('reads %s', (_title, file, names) => {
    expect(parseFlowFile(file).map(({ name }) => name)).toEqual(names);
  });

  it('says which of several flows is wrong', () => {
    const problem = problemOf(() =>
      parseFlowFile({ flows: [flows[0], { name: 'x', data: { nodes: 1, edges: [] } }] }),
    );
    expect((problem.errors ?? []).map(({ pointer }) => pointer)).toEqual(['/flows/1/data/nodes']);
  });

  it.each([[[]], [{ flows: [] }], [{ flows: 'x' }]])('refuses %j', (file) => {
    expect(problemOf(() => parseFlowFile(file)).status).toBe(422);
  });
});
