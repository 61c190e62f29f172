import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type ErrorCode, errorCatalogue } from '@deskgraph/plugin-sdk';
import { passingCodes } from '../src/answer-code.js';

/** Retryable, and never the answer to a subscription. */
const elsewhere: readonly ErrorCode[] = [
  'LOCK_LOST',
  'LOCK_TIMEOUT',
  'LOCK_UNAVAILABLE',
  'PLUGIN_START_FAILED',
  'PLUGIN_START_TIMEOUT',
  'REQUEST_TIMEOUT',
  'WEBHOOK_TIMESTAMP_INVALID',
];

it('the client tries again after the codes that the catalogue calls retryable', () => {
  const retryable = Object.entries(errorCatalogue).flatMap(([code, entry]) =>
    entry.retryable ? [code] : [],
  );
  assert.deepEqual([...passingCodes, ...elsewhere].sort(), retryable.sort());
});
