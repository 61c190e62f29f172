/** What the IDE shows first in the demonstration: a join of two plugins, a message, and its arrival. */
export const welcomeQuery = `# One query over two plugins: chat and customers.
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

# Run this in a second browser tab: it waits.
# Then run SendMessage in the first one.
subscription Arrivals {
  messageAdded(conversationId: "con_li_wei_sofa") {
    sequence
    text
    sender {
      displayName
      # The sender's record, when a customer wrote.
      customer { name email tags }
    }
    conversation {
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
