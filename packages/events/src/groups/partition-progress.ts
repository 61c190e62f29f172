/** How far one partition is read and finished. Positions are read in order and finish in any. */
export class PartitionProgress {
  /** In the order of reading, which is that of positions. */
  readonly #unfinished = new Set<number>();
  #readThrough: number;
  #saved: number;

  /** @param finished  everything up to here was finished before */
  constructor(finished: number) {
    this.#readThrough = finished;
    this.#saved = finished;
  }

  get readThrough(): number {
    return this.#readThrough;
  }

  /** Everything that was read is finished. */
  get isIdle(): boolean {
    return this.#unfinished.size === 0;
  }

  /** Everything up to here is finished. */
  get finished(): number {
    for (const first of this.#unfinished) return first - 1;
    return this.#readThrough;
  }

  /** Whether `finished` has grown since this was asked last. */
  takeGrowth(): boolean {
    const grown = this.finished > this.#saved;
    this.#saved = this.finished;
    return grown;
  }

  begin(position: number): void {
    this.#unfinished.add(position);
  }

  /** Everything up to here was read. */
  read(through: number): void {
    this.#readThrough = Math.max(this.#readThrough, through);
  }

  finish(position: number): void {
    this.#unfinished.delete(position);
  }
}
