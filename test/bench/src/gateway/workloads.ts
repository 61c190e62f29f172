/** A query with the body of its n-th request; `nonce` makes each differ from all others. */
export interface Workload {
  readonly name: 'deep' | 'one-fetch';
  readonly body: (n: number) => string;
}

const deepQuery = `
fragment User on User { id username name(nonce: $nonce) }
fragment Review on Review { id body }
fragment Product on Product { inStock(nonce: $nonce) name(nonce: $nonce) price shippingEstimate upc weight }
query Deep($nonce: String) {
  users(nonce: $nonce) {
    ...User
    reviews(nonce: $nonce) {
      ...Review
      product {
        ...Product
        reviews(nonce: $nonce) {
          ...Review
          author { ...User reviews(nonce: $nonce) { ...Review product { ...Product } } }
        }
      }
    }
  }
  topProducts(nonce: $nonce) {
    ...Product
    reviews(nonce: $nonce) {
      ...Review
      author { ...User reviews(nonce: $nonce) { ...Review product { ...Product } } }
    }
  }
}`;

const oneFetchQuery =
  'query OneFetch($nonce: String) { topProducts(nonce: $nonce) { upc name price weight } }';

/** The public federation benchmark's query, and one that a single subgraph answers. */
export const workloads: readonly Workload[] = [
  workload('deep', deepQuery),
  workload('one-fetch', oneFetchQuery),
];

/** The same without a nonce that differs, so that a gateway may share identical requests in flight. */
export const sharedWorkloads: readonly Workload[] = workloads.map(({ name, body }) => ({
  name,
  body: () => body(0),
}));

function workload(name: Workload['name'], query: string): Workload {
  const prefix = `{"query":${JSON.stringify(query)},"variables":{"nonce":"`;
  return { name, body: (n) => `${prefix}n${String(1_000_000_000 + n)}"}}` };
}
