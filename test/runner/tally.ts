/** What node:test tells of a finished test. */
export interface TestEvent {
  readonly name: string;
  readonly file?: string | undefined;
  readonly skip?: string | boolean | undefined;
  readonly todo?: string | boolean | undefined;
  readonly details: { readonly type?: string | undefined };
}

/** Counts tests (not suites) and remembers what was skipped and why. */
export class Tally {
  passed = 0;
  failed = 0;
  readonly #failures: string[] = [];
  readonly #skips: string[] = [];

  pass(event: TestEvent): void {
    if (event.skip !== undefined && event.skip !== false) this.#skips.push(skipLine(event));
    else if (event.details.type !== 'suite') this.passed++;
  }

  fail(event: TestEvent): void {
    if (event.details.type === 'suite') return;
    this.failed++;
    this.#failures.push(`${event.name}${event.file ? ` (${event.file})` : ''}`);
  }

  /** Names of failed and skipped tests, then the closing line. */
  report(): string {
    const lines = [
      ...this.#failures.map((name) => `failed: ${name}`),
      ...this.#skips.map((name) => `skipped: ${name}`),
      `${this.passed} passed, ${this.failed} failed, ${this.#skips.length} skipped`,
    ];
    return lines.join('\n');
  }
}

function skipLine({ name, skip }: TestEvent): string {
  return typeof skip === 'string' && skip !== '' ? `${name} (${skip})` : name;
}
