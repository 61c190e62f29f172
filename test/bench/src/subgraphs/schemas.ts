import { inStock, products, type ReviewRecord, reviews, users } from './data.js';

/** A record with resolvers: a value, or a function of the field's arguments. */
export type Resolvable = { readonly [field: string]: unknown };

/** One subgraph: SDL, root fields, entities. */
export interface SubgraphModel {
  readonly sdl: string;
  readonly query: Resolvable;
  /** Resolves a representation. */
  readonly entity: (representation: Record<string, unknown>) => Resolvable | null;
}

const link = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [${imports}])\n`;

/** Texts of the schemas; `nonce` changes nothing, it makes every request differ from all others in flight. */
const accounts: SubgraphModel = {
  sdl: `${link('"@key", "@shareable"')}
    type Query { me: User user(id: ID!): User users(nonce: String): [User] }
    type User @key(fields: "id") { id: ID! name(nonce: String): String username: String @shareable birthday: Int }`,
  query: {
    me: () => user(users[0] as (typeof users)[0]),
    user: ({ id }: { id: string }) => userById(id),
    users: () => users.map(user),
  },
  entity: ({ id }) => userById(String(id)),
};

const inventory: SubgraphModel = {
  sdl: `${link('"@key", "@external", "@requires"')}
    type Product @key(fields: "upc") {
      upc: String! weight: Int @external price: Int @external
      inStock(nonce: String): Boolean shippingEstimate: Int @requires(fields: "price weight")
    }`,
  query: {},
  entity: ({ upc, price, weight }) => ({
    __typename: 'Product',
    upc,
    inStock: inStock.has(String(upc)),
    shippingEstimate: typeof price !== 'number' ? null : price > 1000 ? 0 : Math.floor(Number(weight) / 2),
  }),
};

const productsModel: SubgraphModel = {
  sdl: `${link('"@key"')}
    type Query { topProducts(first: Int = 5, nonce: String): [Product] }
    type Product @key(fields: "upc") { upc: String! name(nonce: String): String price: Int weight: Int }`,
  query: {
    topProducts: ({ first = 5 }: { first?: number }) => products.slice(0, first).map(product),
  },
  entity: ({ upc }) => {
    const found = products.find((candidate) => candidate.upc === upc);
    return found ? product(found) : null;
  },
};

const reviewsModel: SubgraphModel = {
  sdl: `${link('"@key", "@external", "@provides"')}
    type Review @key(fields: "id") { id: ID! body: String product: Product author: User @provides(fields: "username") }
    type User @key(fields: "id") { id: ID! username: String @external reviews(nonce: String): [Review] }
    type Product @key(fields: "upc") { upc: String! reviews(nonce: String): [Review] }`,
  query: {},
  entity: ({ __typename, id, upc }) => {
    if (__typename === 'User') return author(String(id));
    if (__typename === 'Product') return reviewedProduct(String(upc));
    const found = reviews.find((candidate) => candidate.id === id);
    return found ? review(found) : null;
  },
};

/** The four subgraphs by name. */
export const subgraphs: Readonly<Record<string, SubgraphModel>> = {
  accounts,
  inventory,
  products: productsModel,
  reviews: reviewsModel,
};

function user(record: (typeof users)[0]): Resolvable {
  return { __typename: 'User', ...record };
}

function userById(id: string): Resolvable | null {
  const found = users.find((candidate) => candidate.id === id);
  return found ? user(found) : null;
}

function product(record: (typeof products)[0]): Resolvable {
  return { __typename: 'Product', ...record };
}

function review(record: ReviewRecord): Resolvable {
  return {
    __typename: 'Review',
    id: record.id,
    body: record.body,
    product: () => reviewedProduct(record.upc),
    author: () => author('1'),
  };
}

function author(id: string): Resolvable {
  return {
    __typename: 'User',
    id,
    username: users.find((candidate) => candidate.id === id)?.username,
    reviews: () => reviews.slice(0, 2).map(review),
  };
}

function reviewedProduct(upc: string): Resolvable {
  return {
    __typename: 'Product',
    upc,
    reviews: () => reviews.filter((candidate) => candidate.upc === upc).map(review),
  };
}
