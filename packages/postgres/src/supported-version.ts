/** Oldest major version of PostgreSQL that the migrations are tested on. */
export const oldestMajor = 15;
