/** A gateway under test. */
export interface Peer {
  readonly name: 'deskgraph' | 'apollo-gateway' | 'hive-gateway' | 'hive-gateway-rust-planner';
  /** Launcher, relative to `dist/src/gateway`. */
  readonly script: string;
  readonly args: readonly string[];
  readonly path: string;
}

/** This gateway first, then those it is compared with. */
export const peers: readonly Peer[] = [
  { name: 'deskgraph', script: '../gateways/deskgraph.js', args: [], path: '/graphql' },
  { name: 'apollo-gateway', script: '../gateways/apollo-gateway.js', args: [], path: '/' },
  { name: 'hive-gateway', script: '../gateways/hive-gateway.js', args: [], path: '/graphql' },
  {
    name: 'hive-gateway-rust-planner',
    script: '../gateways/hive-gateway.js',
    args: ['rust'],
    path: '/graphql',
  },
];
