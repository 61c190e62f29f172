import type { Logger } from '@deskgraph/plugin-sdk';

/** A log that keeps what it is told, and lets tests wait for it. */
export class RecordingLog implements Logger {
  readonly messages: string[] = [];
  readonly #waiting = new Set<() => void>();

  readonly debug = (fields: object, message: string) => this.#record(fields, message);
  readonly info = this.debug;
  readonly warn = this.debug;
  readonly error = this.debug;

  /** Resolves with the first message that matches, said already or later. */
  async said(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.messages.find((message) => pattern.test(message));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #record(fields: object, message: string): void {
    this.messages.push(`${message} ${JSON.stringify(fields)}`);
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
