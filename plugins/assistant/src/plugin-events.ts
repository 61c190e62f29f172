// Written by `npm run deskgraph -- plugin types` from plugin.json and the JSON Schemas it names. Do not edit.
import type { OutgoingEvent } from '@deskgraph/plugin-sdk';

/**
 * A reply is recommended. Which one; subscribers read the recommendation itself.
 */
export interface AssistantRecommendationAdded {
  recommendationId: string;
  conversationId: string;
}

/**
 * A recommendation was answered, or does not hold any more. Which one, and what became of it; subscribers read the recommendation itself.
 */
export interface AssistantRecommendationUpdated {
  recommendationId: string;
  conversationId: string;
  status: 'ACCEPTED' | 'DISMISSED' | 'EXPIRED';
}

/**
 * An order was paid. Published by the shop or ERP system when the payment is confirmed. Further properties are ignored.
 */
export interface OrderPaid {
  /**
   * Key of the order in the graph.
   */
  orderId: string;
  /**
   * What people call the order: 20417
   */
  number: string;
  /**
   * Key of the customer in the graph.
   */
  customerId: string;
  /**
   * What the order costs.
   */
  total: {
    /**
     * Decimal: 1280.00
     */
    amount: string;
    /**
     * ISO 4217: CNY
     */
    currency: string;
  };
  /**
   * What was ordered.
   *
   * @maxItems 500
   */
  items?: {
    /**
     * As the customer knows it.
     */
    name: string;
    quantity: number;
  }[];
  /**
   * How it was paid: alipay, card
   */
  paymentMethod?: string;
  /**
   * When the payment was confirmed.
   */
  paidAt?: string;
}

/**
 * An order was shipped. Published when the parcel was handed to the carrier. Further properties are ignored.
 */
export interface OrderShipped {
  /**
   * Key of the order in the graph.
   */
  orderId: string;
  /**
   * What people call the order: 20417
   */
  number: string;
  /**
   * Key of the customer in the graph.
   */
  customerId: string;
  /**
   * What the order costs.
   */
  total?: {
    /**
     * Decimal: 1280.00
     */
    amount: string;
    /**
     * ISO 4217: CNY
     */
    currency: string;
  };
  /**
   * What was ordered.
   *
   * @maxItems 500
   */
  items?: {
    /**
     * As the customer knows it.
     */
    name: string;
    quantity: number;
  }[];
  /**
   * Who brings it.
   */
  carrier: string;
  /**
   * The carrier's number of the parcel.
   */
  trackingNumber?: string;
  /**
   * The day on which it should arrive.
   */
  expectedOn?: string;
  /**
   * When it was handed over.
   */
  shippedAt?: string;
}

/**
 * An order was refunded. Published when money was given back, all or a part. Further properties are ignored.
 */
export interface OrderRefunded {
  /**
   * Key of the order in the graph.
   */
  orderId: string;
  /**
   * What people call the order: 20417
   */
  number: string;
  /**
   * Key of the customer in the graph.
   */
  customerId: string;
  /**
   * What the order costs.
   */
  total?: {
    /**
     * Decimal: 1280.00
     */
    amount: string;
    /**
     * ISO 4217: CNY
     */
    currency: string;
  };
  /**
   * What was given back.
   */
  refund: {
    /**
     * Decimal: 1280.00
     */
    amount: string;
    /**
     * ISO 4217: CNY
     */
    currency: string;
  };
  /**
   * Why, in the words of the shop.
   */
  reason?: string;
  /**
   * When the refund was made.
   */
  refundedAt?: string;
}

/**
 * An order was cancelled. Published when an order will not be carried out. Further properties are ignored.
 */
export interface OrderCancelled {
  /**
   * Key of the order in the graph.
   */
  orderId: string;
  /**
   * What people call the order: 20417
   */
  number: string;
  /**
   * Key of the customer in the graph.
   */
  customerId: string;
  /**
   * What the order costs.
   */
  total?: {
    /**
     * Decimal: 1280.00
     */
    amount: string;
    /**
     * ISO 4217: CNY
     */
    currency: string;
  };
  /**
   * Who cancelled it.
   */
  cancelledBy?: 'customer' | 'shop';
  /**
   * Why, in the words of who cancelled it.
   */
  reason?: string;
  /**
   * When it was cancelled.
   */
  cancelledAt?: string;
}

/**
 * A conversation changed. What the assistant reads of the chat's event. Further properties are ignored.
 */
export interface ChatConversationUpdated {
  /**
   * Key of the conversation in the graph.
   */
  conversationId: string;
  /**
   * STATUS_CHANGED is what matters here.
   */
  change: string;
}

/** The events that the plugin declares. */
export interface PluginEvents {
  /** What it may publish. */
  publishes:
    | OutgoingEvent<'assistant.recommendation.added', AssistantRecommendationAdded>
    | OutgoingEvent<'assistant.recommendation.updated', AssistantRecommendationUpdated>;
  /** What it may handle: data by type. */
  consumes: {
    'order.paid': OrderPaid;
    'order.shipped': OrderShipped;
    'order.refunded': OrderRefunded;
    'order.cancelled': OrderCancelled;
    'chat.conversation.updated': ChatConversationUpdated;
  };
}
