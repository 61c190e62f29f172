/** What the IDE's page starts with. */
export interface IdeOptions {
  /** The operations in the editor. Default: none. */
  readonly defaultQuery?: string;
  /**
   * What the headers tab starts with, asked at each load of the page so that a token in it is fresh.
   * Whoever may open the page gets these.
   */
  readonly defaultHeaders?: () => Promise<Readonly<Record<string, string>>>;
}
