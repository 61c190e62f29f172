import { definePlugin } from '@deskgraph/plugin-sdk';

/** The configuration, as `config.schema.json` describes it. */
interface HelloConfig {
  readonly greeting: string;
}

/** Greets. */
export default definePlugin<HelloConfig>({
  start: ({ config }) => ({
    resolvers: {
      Query: {
        hello: (_parent, { name }: { name: string }) => `${config.greeting}, ${name}!`,
      },
    },
  }),
});
