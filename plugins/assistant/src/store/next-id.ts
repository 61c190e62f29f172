import { monotonicFactory } from 'ulid';

/** The next ULID; greater than every one that this process made before. */
export const nextId = monotonicFactory();
