import type { SubgraphDefinition } from '../../src/supergraph/composition/subgraph-definition.js';

const imports = [
  '@key',
  '@shareable',
  '@external',
  '@requires',
  '@provides',
  '@override',
  '@inaccessible',
  '@tag',
  '@authenticated',
  '@requiresScopes',
  '@policy',
  '@interfaceObject',
  'FieldSet',
];
const federation2 = `extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.9"
  import: [${imports.map((name) => `"${name}"`).join(', ')}]
)`;

/** A shop over three subgraphs, Federation 1 beside 2, which uses every directive that composition knows. */
export const marketSubgraphs: readonly SubgraphDefinition[] = [
  {
    name: 'catalog-v1',
    url: 'http://catalog/graphql',
    sdl: `
      """
      A thing for sale.
      """
      type Product @key(fields: "upc") { upc: String! name: String price: Money weight: Int }
      type Voucher @key(fields: "code") { code: ID! }
      union Item = Product | Voucher
      scalar Money @specifiedBy(url: "https://example.org/money")
      enum Kind { BOOK TOY PROTOTYPE }
      type Query { items: [Item!]! }
    `,
  },
  {
    name: 'inventory',
    sdl: `${federation2}
      enum Kind { BOOK TOY @deprecated(reason: "sold out") PROTOTYPE @inaccessible }
      input Filter { kind: Kind = BOOK, maxPrice: Int! = 10, margin: Int @inaccessible }
      interface Auditable @inaccessible { auditedAt: String }
      interface Stocked { "How many are left." inStock: Int! }
      type Product implements Auditable & Stocked @key(fields: "upc") {
        upc: String!
        inStock: Int! @authenticated
        cost: Int @inaccessible
        auditedAt: String @tag(name: "internal")
        weight: Int @external
        shipping(express: Boolean! = false): Int @requires(fields: "weight")
        supplier: Person @requiresScopes(scopes: [["stock:read"]])
      }
      type Ledger @inaccessible { balance: Int }
      type Person @interfaceObject @key(fields: "id") { id: ID! deliveries: Int! @policy(policies: [["hr"]]) }
      type Query {
        products(filter: Filter, kind: Kind, secretSort: Int @inaccessible): [Product!]!
        ledger: Ledger @inaccessible
        old: Int @deprecated(reason: "Use products.")
      }
    `,
  },
  {
    name: 'people',
    url: 'http://people/graphql',
    sdl: `${federation2}
      interface Person @key(fields: "id") { id: ID! name: String! }
      type Employee implements Person @key(fields: "id") { id: ID! name: String! salary: Int @inaccessible }
      type Customer implements Person @key(fields: "id") { id: ID! name: String! }
      type Product @key(fields: "upc") { upc: String! name: String @override(from: "catalog-v1") }
      type Query { people: [Person!]! }
      type Mutation { hire(name: String!): Employee }
      type Subscription { hired: Employee }
    `,
  },
];

/** What clients see of it, as graphql-js prints it. */
export const publicMarket = `
scalar Money @specifiedBy(url: "https://example.org/money")

"""A thing for sale."""
type Product implements Stocked {
  upc: String!
  name: String
  price: Money
  weight: Int
  inStock: Int!
  auditedAt: String
  shipping(express: Boolean! = false): Int
  supplier: Person
}

type Voucher {
  code: ID!
}

type Query {
  items: [Item!]!
  products(filter: Filter, kind: Kind): [Product!]!
  old: Int @deprecated(reason: "Use products.")
  people: [Person!]!
}

type Employee implements Person {
  id: ID!
  name: String!
  deliveries: Int!
}

type Customer implements Person {
  id: ID!
  name: String!
  deliveries: Int!
}

type Mutation {
  hire(name: String!): Employee
}

type Subscription {
  hired: Employee
}

interface Stocked {
  """How many are left."""
  inStock: Int!
}

interface Person {
  id: ID!
  deliveries: Int!
  name: String!
}

union Item = Product | Voucher

enum Kind {
  BOOK
  TOY @deprecated(reason: "sold out")
}

input Filter {
  kind: Kind = BOOK
  maxPrice: Int! = 10
}
`;
