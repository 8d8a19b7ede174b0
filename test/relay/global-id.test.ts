import fc from 'fast-check';
import { decodeGlobalId, encodeGlobalId } from '../../src/relay/global-id.ts';

const type = fc.stringMatching(/^[A-Za-z]{1,20}$/);

describe('a global id', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(type, fc.string({ unit: 'grapheme' }), (name, key) => {
        expect(decodeGlobalId(encodeGlobalId({ type: name, key }))).toEqual({ type: name, key });
      }),
    );
  });

  it.each([
    ['empty', ''],
    ['without a type', Buffer.from(':key').toString('base64url')],
    ['without a colon', Buffer.from('key').toString('base64url')],
    ['padded', `${encodeGlobalId({ type: 'A', key: 'b' })}==`],
    ['with stray bits behind', `${encodeGlobalId({ type: 'A', key: 'b' }).slice(0, -1)}/`],
    ['longer than any', 'A'.repeat(5000)],
  ])('that is %s is none', (_what, id) => {
    expect(decodeGlobalId(id)).toBeUndefined();
  });
});
