create table reply_template (
  id text primary key,
  name text not null check (name <> ''),
  event_type text not null,
  language text not null check (language in ('zh', 'en')),
  text text not null check (text <> ''),
  -- [{ "path": "total.amount", "operator": "GE", "values": ["100"] }]; all must hold.
  conditions jsonb not null default '[]',
  priority integer not null default 0,
  enabled boolean not null default true,
  expires_after_seconds integer not null check (expires_after_seconds > 0),
  -- Types of events of the same order that make a recommendation wrong.
  expires_on text[] not null default '{}',
  shown integer not null default 0,
  accepted integer not null default 0,
  edited integer not null default 0,
  dismissed integer not null default 0,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index reply_template_by_name on reply_template (name, id);
create index reply_template_by_event on reply_template (event_type) where enabled;

create table recommendation (
  id text primary key,
  -- Keys of entities that other plugins own, so they are no foreign keys.
  conversation_id text not null,
  customer_id text not null,
  order_id text not null,
  -- No foreign key: who counts for a template would wait for who deletes it, and be waited for.
  template_id text not null,
  language text not null,
  text text not null,
  reason text not null,
  source text not null,
  event_type text not null,
  event_id text not null,
  -- Copied from the template: what was promised when it was made holds, whatever becomes of the template.
  expires_on text[] not null,
  status text not null default 'OPEN' check (status in ('OPEN', 'ACCEPTED', 'DISMISSED', 'EXPIRED')),
  expiry_cause text check ((status = 'EXPIRED') = (expiry_cause is not null)),
  dismiss_reason text check ((status = 'DISMISSED') = (dismiss_reason is not null)),
  final_text text check ((status = 'ACCEPTED') = (final_text is not null)),
  closed_by text,
  closed_at timestamptz check ((status = 'OPEN') = (closed_at is null)),
  occurred_at timestamptz not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);
-- An event that is told twice under two ids must not show twice.
create unique index one_open_recommendation on recommendation (conversation_id, template_id, order_id)
  where status = 'OPEN';
create index recommendation_by_conversation on recommendation (conversation_id, id desc);
create index open_recommendation_by_order on recommendation (order_id) where status = 'OPEN';
create index open_recommendation_by_expiry on recommendation (expires_at) where status = 'OPEN';
create index closed_recommendation_by_age on recommendation (closed_at) where status <> 'OPEN';
create index recommendation_by_template on recommendation (template_id);

-- What is known to have happened to an order. Its row is locked while an event of the order is handled, so that of
-- a payment and its refund the later one sees the earlier, whatever order they arrive in.
create table order_timeline (
  order_id text primary key,
  -- Type of event to when it last happened, ISO 8601 in UTC.
  happened jsonb not null,
  updated_at timestamptz not null default now()
);
create index order_timeline_by_age on order_timeline (updated_at);

create table decision (
  id text primary key,
  source text not null,
  event_type text not null,
  event_id text not null,
  order_id text not null,
  customer_id text not null,
  outcome text not null,
  recommendation_id text references recommendation on delete set null,
  -- [{ "templateId": "...", "reason": "..." }]
  rejections jsonb not null,
  decided_at timestamptz not null default clock_timestamp()
);
create index decision_by_order on decision (order_id, id desc);
create index decision_by_event on decision (event_id, id desc);
create index decision_by_age on decision (decided_at);
create index decision_by_recommendation on decision (recommendation_id);
