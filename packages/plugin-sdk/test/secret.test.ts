import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { format, inspect } from 'node:util';
import { Secret } from '@deskgraph/plugin-sdk';

describe('a secret', () => {
  const secret = new Secret('hunter2');

  it('shows in no form in which values reach a log', () => {
    const forms = [
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ deep: [secret] }, { depth: 9, showHidden: true }),
      format('%s %o %j', secret, secret, secret),
      inspect(new Error('x', { cause: { secret } })),
      JSON.stringify(Object.entries(secret)),
    ];
    for (const form of forms) assert.doesNotMatch(form, /hunter2/);
    assert.equal(String(secret), '[secret]');
  });

  it('is there for who asks for it', () => {
    assert.equal(secret.reveal(), 'hunter2');
  });
});
