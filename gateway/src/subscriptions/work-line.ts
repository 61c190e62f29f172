/** Events of one stream that may wait to be resolved. */
const maxWaitingEvents = 1024;

/** Work done one after the other, so that the order of events is kept. One failure never stops the line. */
export class WorkLine {
  #last: Promise<void> = Promise.resolve();
  #waitingEvents = 0;

  constructor(private readonly onFailure: (error: unknown) => void) {}

  /** Queues work that must be done. */
  add(work: () => void | Promise<void>): void {
    this.#last = this.#last.then(work).catch(this.onFailure);
  }

  /** Queues the work for an event; false when as many wait as may. */
  addEvent(work: () => Promise<void>): boolean {
    if (this.#waitingEvents >= maxWaitingEvents) return false;
    this.#waitingEvents++;
    this.add(() => {
      this.#waitingEvents--;
      return work();
    });
    return true;
  }
}
