/** What the IDE shows first in the demonstration: a join of two plugins, a message, and its arrival. */
export const welcomeQuery = `# One query, two plugins: conversations come from chat, customer records from customers.
query Inbox {
  conversations(first: 3) {
    nodes {
      subject
      customer {
        name
        company { name }
        tags
      }
      lastMessage { text sentAt }
    }
  }
}

# Start this one in a second tab, then run SendMessage in the first: the message arrives here,
# joined with the customer record of whoever sent it.
subscription Arrivals {
  messageAdded(conversationId: "con_li_wei_sofa") {
    sequence
    text
    sender {
      displayName
      customer { name email tags }
    }
  }
}

mutation SendMessage {
  sendMessage(
    input: {
      conversationId: "con_li_wei_sofa"
      clientMessageId: "change-me-to-send-again"
      text: "周六上午十点送货，可以吗？"
    }
  ) {
    message { sequence text }
  }
}
`;
