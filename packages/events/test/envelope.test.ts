import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkEnvelope, createEvent, parseEnvelope } from '@deskgraph/events';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';

const input = { type: 'order.paid', topic: 'order.7', source: '/plugins/orders', data: { total: '12.50' } };
const incoming = () => JSON.parse(JSON.stringify(createEvent(input))) as Record<string, unknown>;

const refused = (value: unknown, ...patterns: RegExp[]) =>
  assert.throws(
    () => parseEnvelope(value),
    (error: unknown) => {
      assert.ok(isDeskgraphError(error, 'EVENT_INVALID'), String(error));
      for (const pattern of patterns) assert.match(error.message, pattern);
      return true;
    },
  );

describe('createEvent', () => {
  it('fills in what the producer does not say', () => {
    const event = createEvent(input);
    assert.deepEqual(
      { ...event, id: '', time: '' },
      { ...input, specversion: '1.0', partitionkey: 'order.7', id: '', time: '' },
    );
    assert.match(event.id, /^[0-9A-HJKMNP-TV-Z]{26}$/);
    assert.equal(new Date(event.time).toISOString(), event.time);
  });

  it('gives ids that sort in the order of creation, within a millisecond too', () => {
    const ids = Array.from({ length: 1000 }, () => createEvent(input).id);
    assert.deepEqual(ids, [...ids].sort());
    assert.equal(new Set(ids).size, ids.length);
  });

  it('lets a producer without types neither blank the key nor forge an id or version', () => {
    const forged = {
      ...input,
      partitionkey: undefined,
      id: 'mine',
      specversion: '9',
    } as unknown as typeof input;
    const event = createEvent(forged);
    assert.equal(event.partitionkey, 'order.7');
    assert.notEqual(event.id, 'mine');
    assert.equal(event.specversion, '1.0');
  });

  it('refuses what is no CloudEvent, naming everything at once', () => {
    assert.throws(
      () => createEvent({ ...input, type: '', source: 'not a uri', data: undefined }),
      (error: unknown) => {
        assert.ok(isDeskgraphError(error, 'EVENT_INVALID'));
        assert.match(
          error.message,
          /source must be .*found "not a uri".*type must be .*found "".*data is missing/,
        );
        return true;
      },
    );
  });
});

describe('an event from outside', () => {
  it('is taken as it is, with extensions of the types that CloudEvents knows', () => {
    const event = { ...incoming(), tenant: 'acme', attempt: -2147483647, sampled: true, subject: '订单 7' };
    assert.deepEqual(parseEnvelope(event), event);
  });

  it('may have null for unset attributes, and null as its data', () => {
    const { subject, ...rest } = { ...incoming(), subject: null, data: null };
    assert.deepEqual(parseEnvelope({ ...rest, subject }), rest);
  });

  it('of another shape is refused: no object, nothing in it, text in place of an object', () => {
    refused(null, /it is null/);
    refused([], /it is a list/);
    refused('{}', /it is string/);
    refused(
      {},
      /specversion/,
      /id must/,
      /source/,
      /type/,
      /time/,
      /topic/,
      /partitionkey/,
      /data is missing/,
    );
  });

  for (const [name, values] of Object.entries({
    specversion: ['0.3', 1, undefined],
    id: ['', 7, 'bell \u0007', 'half \ud800', 'no character \ufffe', undefined],
    source: ['', 'two words', '/100%', '/订单', undefined],
    type: ['', {}, undefined],
    subject: ['', 5],
    time: [
      '',
      'yesterday',
      '2024',
      '2024-02-30T10:00:00Z',
      '2024-13-01T10:00:00Z',
      '2024-01-01 10:00:00Z',
      '2024-01-01T24:00:00Z',
      '2024-01-01T10:00:00',
      1_700_000_000,
    ],
    topic: ['', undefined],
    partitionkey: ['', undefined],
    traceparent: ['', '00-abc-def-01', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    dataschema: ['', 'relative/schema.json'],
    datacontenttype: ['', 'text/plain'],
    tenant: [{ id: 1 }, 1.5, 2 ** 31, ['a']],
    Tenant: ['acme'],
    'tenant-id': ['acme'],
    data_base64: ['aGVsbG8='],
  })) {
    it(`is refused for its ${name}: ${values.map((value) => JSON.stringify(value) ?? 'nothing').join(', ')}`, () => {
      for (const value of values) refused({ ...incoming(), [name]: value }, new RegExp(name));
    });
  }

  it('passes with every form of time and source that the specification allows', () => {
    for (const time of [
      '2024-02-29T23:59:60Z',
      '2024-01-01t10:00:00.123456789z',
      '2024-01-01T10:00:00+05:30',
    ]) {
      parseEnvelope({ ...incoming(), time });
    }
    for (const source of [
      '/plugins/chat',
      'urn:uuid:6e8bc430-9c3a-11d9',
      'https://erp.example/a?b=c#d',
      '1-555-123-4567',
      '%E8%AE%A2',
    ]) {
      parseEnvelope({ ...incoming(), source });
    }
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    checkEnvelope({ ...createEvent(input), traceparent });
  });
});
