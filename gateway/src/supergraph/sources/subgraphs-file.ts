import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseClosedConfig, readSchema } from '@deskgraph/plugin-host';
import { DeskgraphError } from '@deskgraph/plugin-sdk';

const schemaFile = new URL('../../../../../schema/subgraphs.schema.json', import.meta.url);

/** A subgraph as `subgraphs.yaml` lists it. */
export interface ListedSubgraph {
  readonly name: string;
  readonly url: string;
  /** Absolute path of its SDL; absent when the subgraph itself is asked. */
  readonly schemaFile?: string;
}

/** `subgraphs.yaml`, as `schema/subgraphs.schema.json` describes it. */
export interface SubgraphList {
  readonly subgraphs: readonly ListedSubgraph[];
  /** Time between two rounds of asking subgraphs for their SDL; 0 asks only once. */
  readonly pollMs: number;
}

interface SubgraphsYaml {
  readonly subgraphs: readonly { readonly name: string; readonly url: string; readonly schema?: string }[];
  readonly pollSeconds: number;
}

/**
 * Reads `subgraphs.yaml`. Paths in it are relative to it.
 * @throws DeskgraphError CONFIG_INVALID with every problem and its file:line
 */
export async function readSubgraphsFile(file: string): Promise<SubgraphList> {
  const text = await readText(file);
  const { subgraphs, pollSeconds } = parseClosedConfig<SubgraphsYaml>({ text, file }, readSchema(schemaFile));
  return {
    pollMs: pollSeconds * 1000,
    subgraphs: subgraphs.map(({ name, url, schema }) => ({
      name,
      url,
      ...(schema === undefined ? {} : { schemaFile: resolve(dirname(file), schema) }),
    })),
  };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The list of subgraphs cannot be read: ${reason}. Check the path given to --subgraphs.`;
    throw new DeskgraphError('CONFIG_INVALID', message, { cause: error });
  }
}
