import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { defaultLimits } from '../../src/http/limits.js';

describe('docs/transports.md', async () => {
  const text = await readFile(new URL('../../../../docs/transports.md', import.meta.url), 'utf8');

  it('names every limit with its default', () => {
    const rows = text.slice(text.indexOf('## Limits')).matchAll(/^\| `(\w+)` +\| (\d+) +\|/gm);
    const documented = Object.fromEntries([...rows].map(([, name, value]) => [name, Number(value)]));
    assert.deepEqual(documented, { ...defaultLimits });
  });
});
