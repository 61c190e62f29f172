create table conversation (
  id text primary key,
  channel text not null check (channel in ('WEB', 'WECHAT', 'WHATSAPP', 'EMAIL')),
  subject text,
  status text not null default 'OPEN' check (status in ('OPEN', 'RESOLVED')),
  customer_id text not null,
  owner_kind text not null default 'QUEUE' check (owner_kind in ('BOT', 'QUEUE', 'AGENT')),
  owner_id text check ((owner_kind = 'QUEUE') = (owner_id is null)),
  version integer not null default 1,
  -- Taken under the row's lock by every change, so that the sequence is gapless and in commit order.
  last_sequence bigint not null default 0,
  -- Order of the inbox: the time of the last change as a ULID, unique and sortable.
  activity text not null,
  opened_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index one_open_conversation on conversation (customer_id, channel) where status = 'OPEN';
create index conversation_by_activity on conversation (activity desc);
create index conversation_by_status on conversation (status, activity desc);
create index conversation_by_owner on conversation (owner_id, activity desc);
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
  unique (conversation_id, principal_id)
);
create index participant_by_principal on participant (principal_id, conversation_id);

-- Everything that happened, one row a sequence number.
create table conversation_event (
  conversation_id text not null references conversation on delete cascade,
  sequence bigint not null,
  change text not null,
  at timestamptz not null default now(),
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
  sent_at timestamptz not null default now(),
  unique (conversation_id, sequence),
  unique (conversation_id, client_message_id)
);
