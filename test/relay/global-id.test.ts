import fc from 'fast-check';
import { fromGlobalId, toGlobalId } from '../../src/relay/global-id.ts';

const type = fc.stringMatching(/^[A-Za-z]{1,20}$/);

describe('global ids', () => {
  it('decode to the type and key that were encoded', () => {
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
    ['followed by stray bits', `${toGlobalId({ type: 'A', key: 'b' }).slice(0, -1)}/`],
    ['too long', 'A'.repeat(5000)],
  ])('decode to undefined when the text is %s', (_text, id) => {
    expect(fromGlobalId(id)).toBeUndefined();
  });
});
