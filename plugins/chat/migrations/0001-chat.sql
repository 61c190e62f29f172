create table conversation (
  id text primary key,
  channel text not null check (channel in ('WEB', 'WECHAT', 'WHATSAPP', 'EMAIL')),
  subject text,
  status text not null default 'OPEN' check (status in ('OPEN', 'RESOLVED')),
  -- Key of Customer in the graph; another plugin owns it, so it is no foreign key. Null: nobody known yet.
  customer_id text,
  -- The visitor who opened it.
  visitor_id text,
  owner_kind text not null default 'QUEUE' check (owner_kind in ('BOT', 'QUEUE', 'AGENT')),
  owner_id text check ((owner_kind = 'QUEUE') = (owner_id is null)),
  version integer not null default 1,
  -- Taken under the row's lock by every change, so that the sequence is gapless and in commit order.
  last_sequence bigint not null default 0,
  -- Order of the inbox: the time of the last change but reading, as a ULID: unique and sortable.
  activity text not null,
  opened_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
-- Two rooms for one person is the classic fault of a chat: here the second cannot be stored.
create unique index one_open_conversation_per_customer on conversation (customer_id, channel) where status = 'OPEN';
create unique index one_open_conversation_per_visitor on conversation (visitor_id, channel) where status = 'OPEN';
create index conversation_by_activity on conversation (activity desc);
create index conversation_by_status on conversation (status, activity desc);
create index conversation_by_owner on conversation (owner_id, activity desc);
create index conversation_waiting on conversation (activity desc) where status = 'OPEN' and owner_kind = 'QUEUE';
create index conversation_by_customer on conversation (customer_id, activity desc);

create table participant (
  id text primary key,
  conversation_id text not null references conversation on delete cascade,
  kind text not null check (kind in ('VISITOR', 'AGENT', 'BOT')),
  -- Who they are when signed in; a visitor of an outside channel may have none.
  principal_id text,
  customer_id text,
  display_name text not null,
  last_read_sequence bigint not null default 0,
  -- Kept with each message and read, so that an inbox need not count.
  unread_count integer not null default 0,
  joined_at timestamptz not null default clock_timestamp(),
  unique (conversation_id, principal_id)
);
create index participant_by_principal on participant (principal_id, conversation_id);

-- Everything that happened, one row a sequence number.
create table conversation_event (
  conversation_id text not null references conversation on delete cascade,
  sequence bigint not null,
  change text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (conversation_id, sequence)
);

create table message (
  id text primary key,
  conversation_id text not null references conversation on delete cascade,
  sequence bigint not null,
  participant_id text not null references participant,
  client_message_id text not null,
  kind text not null check (kind in ('TEXT', 'NOTE')),
  text text not null,
  -- clock_timestamp(), not now(): a transaction may have begun long before it got the conversation's lock.
  sent_at timestamptz not null default clock_timestamp(),
  unique (conversation_id, sequence),
  -- For ever, not for some time: a phone may retry after days.
  unique (conversation_id, client_message_id)
);
