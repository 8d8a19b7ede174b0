import fc from 'fast-check';
import { fromGlobalId, toGlobalId } from '../../src/relay/global-id.ts';

const type = fc.stringMatching(/^[A-Za-z]{1,20}$/);

describe('a global id', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(type, fc.string({ unit: 'grapheme' }), (name, key) => {
        expect(fromGlobalId(toGlobalId({ type: name, key }))).toEqual({ type: name, key });
      }),
    );
  });

  it.each([
    ['empty', ''],
    ['without a type', Buffer.from(':key').toString('base64url')],
    ['without a colon', Buffer.from('key').toString('base64url')],
    ['padded', `${toGlobalId({ type: 'A', key: 'b' })}==`],
    ['with stray bits behind', `${toGlobalId({ type: 'A', key: 'b' }).slice(0, -1)}/`],
    ['longer than any', 'A'.repeat(5000)],
  ])('that is %s is none', (_what, id) => {
    expect(fromGlobalId(id)).toBeUndefined();
  });
});
