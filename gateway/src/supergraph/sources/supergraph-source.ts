/** Where supergraphs come from: the one at the start, and every one after it. */
export interface SupergraphSource extends AsyncDisposable {
  /** The supergraph that the gateway starts with. */
  readonly initialSdl: string;
  /**
   * Hands over every further supergraph, one at a time; when several come while one is loaded, only the last.
   * A problem at the source, and a load that rejects, is logged; what is in service stays. Call it once.
   */
  follow(load: (sdl: string) => Promise<unknown>): void;
}
