import type { FlowData, LiftedSecret } from '@weir/flow';
import { listBindings } from '@weir/flow';
import { candidateNames, nameSecrets, type LiftedFlow } from './secret-names';

/** A flow whose nodes refer to the names, as `liftSecrets` leaves it. */
function flowOf(...names: string[]): FlowData {
  const nodes = names.map((name, index) => ({
    id: `n${index}`,
    data: {
      type: 'Component',
      node: { template: { api_key: { type: 'str', password: true, load_from_db: true, value: name } } },
    },
  }));
  return { nodes, edges: [] };
}

function lifted(name: string, value: string): LiftedSecret {
  return {
    nodeId: 'n0',
    component: 'Component',
    field: 'api_key',
    pointer: '/x',
    name,
    value,
    provider: null,
  };
}

const namesIn = (flow: FlowData | undefined): string[] =>
  flow === undefined ? [] : listBindings(flow).map(({ secretName }) => secretName);

describe('nameSecrets', () => {
  it('keeps free names', () => {
    const flow: LiftedFlow = { flowData: flowOf('A_KEY'), lifted: [lifted('A_KEY', 'one')] };
    const { flows, secrets } = nameSecrets([flow], new Set());
    expect(secrets).toEqual([{ name: 'A_KEY', value: 'one', provider: null }]);
    expect(flows[0]).toBe(flow.flowData);
  });

  it('gives a value another name when its name holds a value of the owner, in the flow too', () => {
    const { flows, secrets } = nameSecrets(
      [{ flowData: flowOf('A_KEY'), lifted: [lifted('A_KEY', 'one')] }],
      new Set(['A_KEY', 'A_KEY_2']),
    );
    expect(secrets.map(({ name }) => name)).toEqual(['A_KEY_3']);
    expect(namesIn(flows[0])).toEqual(['A_KEY_3']);
  });

  it('never lets a value slip under a name that the flow uses for something else', () => {
    const { flows, secrets } = nameSecrets(
      [{ flowData: flowOf('A_KEY', 'A_KEY_2'), lifted: [lifted('A_KEY', 'one')] }],
      new Set(['A_KEY']),
    );
    expect(secrets.map(({ name }) => name)).toEqual(['A_KEY_3']);
    expect(namesIn(flows[0])).toEqual(['A_KEY_3', 'A_KEY_2']);
  });

  it('stores one value once and two values of one name twice, across flows', () => {
    const flow = (value: string): LiftedFlow => ({
      flowData: flowOf('A_KEY'),
      lifted: [lifted('A_KEY', value)],
    });
    const { flows, secrets } = nameSecrets([flow('one'), flow('two'), flow('one')], new Set());
    expect(secrets.map(({ name, value }) => [name, value])).toEqual([
      ['A_KEY', 'one'],
      ['A_KEY_2', 'two'],
    ]);
    expect(flows.map((each) => namesIn(each))).toEqual([['A_KEY'], ['A_KEY_2'], ['A_KEY']]);
  });

  it('asks for every name that it may want to use', () => {
    const names = candidateNames([{ flowData: flowOf('A_KEY'), lifted: [lifted('A_KEY', 'one')] }]);
    expect(names.slice(0, 3)).toEqual(['A_KEY', 'A_KEY_2', 'A_KEY_3']);
    expect(names.every((name) => name.length <= 128)).toBe(true);
  });
});
