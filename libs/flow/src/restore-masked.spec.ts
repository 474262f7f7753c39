import * as fc from 'fast-check';
import { liftSecrets, listBindings, MASK, restoreMasked, sanitizeFlowData, type FlowData } from './index';
import { fieldsOf } from './walk';
import {
  componentOf,
  field,
  fieldAt,
  flowOf,
  groupOf,
  modelField,
  nodeOf,
  noteOf,
  secretField,
  starter,
  STARTER_SLUGS,
} from './testing/sample-flows';

const moved = (flow: FlowData): FlowData => {
  const copy = structuredClone(flow);
  for (const node of copy.nodes) node['position'] = { x: 7, y: 7 };
  return copy;
};

describe('restoreMasked', () => {
  it('leaves bindings as they were when a flow is read, moved and written back (S6)', () => {
    for (const slug of STARTER_SLUGS) {
      const stored = liftSecrets(starter(slug).flowData).flowData;
      const written = restoreMasked(stored, moved(sanitizeFlowData(stored)));
      expect(written).toEqual(moved(stored));
      expect(listBindings(written)).toEqual(listBindings(stored));
    }
  });

  it('takes a mask in a field for "unchanged": the reference comes back (S6)', () => {
    const stored = liftSecrets(
      flowOf([nodeOf('Agent', { model: modelField('OpenAI'), api_key: secretField('') })]),
    ).flowData;
    const next = moved(stored);
    Object.assign(fieldAt(next, 'Agent-1', 'api_key'), { value: MASK, load_from_db: false });
    expect(restoreMasked(stored, next)).toEqual(moved(stored));
  });

  it('empties a masked field that was not there before, so that lifting makes it a reference', () => {
    const next = flowOf([nodeOf('Agent', { model: modelField('OpenAI'), api_key: secretField(MASK) })]);
    const restored = restoreMasked(flowOf([]), next);
    expect(fieldAt(restored, 'Agent-1', 'api_key')['value']).toBe('');
    expect(listBindings(liftSecrets(restored).flowData).map(({ secretName }) => secretName)).toEqual([
      'OPENAI_API_KEY',
    ]);
    expect(liftSecrets(next).lifted).toEqual([]);
  });

  it('finds nodes again by id, wherever they stand and in groups', () => {
    const node = (value: string) => nodeOf('Agent', { api_key: secretField(value) }, 'a');
    const stored = flowOf([noteOf('n'), groupOf([node('IN_GROUP')], {}, 'g'), node('OUTSIDE')]);
    const next = flowOf([node(MASK), groupOf([node(MASK)], {}, 'g')]);
    const restored = restoreMasked(stored, next);
    expect(restored).toEqual(flowOf([node('OUTSIDE'), groupOf([node('IN_GROUP')], {}, 'g')]));
  });

  it('restores masked parts of dictionaries, notes and what stands beside nodes', () => {
    const stored: FlowData = {
      ...flowOf([
        nodeOf('Thing', { kwargs: field('dict', { a: 1, token: 'plain-secret-1' }) }),
        noteOf('key sk-abcdefghijklmnop1 here'),
      ]),
      settings: { api_key: 'other-secret-2' },
    };
    const shown = sanitizeFlowData(stored);
    expect(JSON.stringify(shown)).not.toMatch(/plain-secret-1|sk-abc|other-secret-2/);
    expect(restoreMasked(stored, shown)).toEqual(stored);
  });

  it('never leaves a mask, wherever a client puts one (S6)', () => {
    const stored = liftSecrets(starter('simple-agent').flowData).flowData;
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(),
        fc.constantFrom(MASK, `before ${MASK} after`),
        (nodeIndex, fieldIndex, text) => {
          const next = structuredClone(stored);
          const component = componentOf(next.nodes[nodeIndex % next.nodes.length]);
          const fields = [...fieldsOf(next)].map((place) => place.field);
          const target = fields[fieldIndex % fields.length];
          if (target !== undefined) target['value'] = text;
          component['description'] = text;
          next['extra'] = [text];
          expect(JSON.stringify(restoreMasked(stored, next))).not.toContain(MASK);
        },
      ),
    );
  });

  it('keeps what a client changed elsewhere', () => {
    const stored = flowOf([noteOf('old')]);
    expect(restoreMasked(stored, flowOf([noteOf(`new ${MASK}text`)]))).toEqual(flowOf([noteOf('new text')]));
  });
});
