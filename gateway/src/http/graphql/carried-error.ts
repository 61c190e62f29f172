import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { ClientError } from '../../execution/executable-operation.js';

/**
 * Apollo Server takes errors only as GraphQLError, which works locations out of syntax nodes. Ours are finished:
 * this one carries such an error through unchanged.
 */
export class CarriedError extends GraphQLError {
  constructor(readonly carried: ClientError) {
    super(carried.message, { extensions: carried.extensions });
  }

  override toJSON(): GraphQLFormattedError {
    return this.carried;
  }
}
