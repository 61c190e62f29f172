-- One row: where the log stands. Its lock makes one relay work at a time.
create table head (
  single boolean primary key default true check (single),
  -- Names this storage in positions.
  epoch text not null default substr(md5(random()::text || clock_timestamp()::text), 1, 16),
  last_position bigint not null default 0,
  -- What is up to here is no longer kept.
  pruned_through bigint not null default 0
);
insert into head default values;

-- The outbox, and with the postgres driver the log itself.
create table event (
  -- Order of writing. Rows that are written under one lock have it in the order of their commits.
  id bigint generated always as identity primary key,
  source text not null,
  event_id text not null,
  type text not null,
  topic text not null,
  partition smallint not null,
  -- JSON text as it is sent; never looked into here.
  envelope text not null,
  -- Set when one group is to handle an event again; nobody else sees such a row.
  for_group text,
  written_at timestamptz not null default clock_timestamp(),
  -- Place in the order of publication; null until it is published.
  position bigint,
  published_at timestamptz
);
create unique index event_identity on event (source, event_id) where for_group is null;
create index event_unpublished on event (id) where position is null;
create unique index event_by_position on event (position) where position is not null;
create index event_by_partition on event (partition, position) where position is not null;
create index event_by_topic on event (topic, position) where position is not null;

-- Publishes up to `max` events: gives them the next positions, in the order of writing. The head's lock is held until
-- the transaction ends.
create function publish_events(max integer) returns setof event language plpgsql as $$
declare
  last bigint;
  published integer;
begin
  select last_position into last from head for update;
  return query
    with chosen as (
      select event.id, last + row_number() over (order by event.id) as position
        from event where event.position is null order by event.id limit max
    )
    update event set position = chosen.position, published_at = clock_timestamp()
      from chosen where event.id = chosen.id
    returning event.*;
  get diagnostics published = row_count;
  if published > 0 then
    update head set last_position = last + published;
  end if;
end $$;

create table consumer_group (
  name text primary key,
  -- Grows when the group is set back: its effects are to happen again.
  generation integer not null default 0,
  -- What it consumes; for telling how far behind it is.
  types text[] not null default '{}',
  since timestamptz not null default now()
);

-- A group's progress in one partition, and who works on it.
create table group_partition (
  group_name text not null references consumer_group on delete cascade,
  partition smallint not null,
  -- Everything up to here is finished.
  finished bigint not null,
  owner text,
  leased_until timestamptz not null default '-infinity',
  primary key (group_name, partition)
);

create table group_member (
  group_name text not null references consumer_group on delete cascade,
  member text not null,
  alive_until timestamptz not null,
  primary key (group_name, member)
);

-- Deliveries that failed, of events that are not finished.
create table failed_delivery (
  group_name text not null references consumer_group on delete cascade,
  position bigint not null,
  deliveries integer not null,
  primary key (group_name, position)
);

create table dead_letter (
  id bigint generated always as identity primary key,
  group_name text not null,
  -- Of the delivery; a crash while it is put aside must not put it aside twice.
  position bigint not null,
  envelope text not null,
  code text not null,
  reason text not null,
  deliveries integer not null,
  at timestamptz not null default clock_timestamp()
);
create unique index dead_letter_by_position on dead_letter (group_name, position);

-- Renews a member's leases, takes free partitions up to its fair share, and gives up what it has above that.
create function lease_partitions(of_group text, as_member text, lease_ms integer)
returns table (partition smallint, finished bigint, generation integer) language plpgsql as $$
declare
  until timestamptz := clock_timestamp() + make_interval(secs => lease_ms / 1000.0);
  share integer;
begin
  -- One at a time, so that shares add up.
  perform from consumer_group where name = of_group for update;
  insert into group_member (group_name, member, alive_until) values (of_group, as_member, until)
    on conflict (group_name, member) do update set alive_until = until;
  delete from group_member where group_name = of_group and alive_until < clock_timestamp();
  select ceil((select count(*) from group_partition where group_name = of_group)::numeric / count(*))
    into share from group_member where group_name = of_group;
  update group_partition as lane
     set owner = case when mine.place <= share then as_member end,
         leased_until = case when mine.place <= share then until else '-infinity' end
    from (
      select candidate.partition,
             row_number() over (order by candidate.owner is distinct from as_member, candidate.partition) as place,
             candidate.owner is not distinct from as_member as owned
        from group_partition as candidate
       where candidate.group_name = of_group
         and (candidate.owner = as_member or candidate.leased_until < clock_timestamp())
    ) as mine
   where lane.group_name = of_group and lane.partition = mine.partition and (mine.owned or mine.place <= share);
  return query
    select lane.partition, lane.finished, consumer_group.generation
      from group_partition as lane join consumer_group on consumer_group.name = lane.group_name
     where lane.group_name = of_group and lane.owner = as_member;
end $$;

-- Stores how far a member's partitions are finished, unless they are not its own any more or the group was set back.
-- Losing the last of these in a crash only delivers again, so the commit does not wait for the disk.
create function save_progress(of_group text, as_member text, at_generation integer, lanes smallint[], through bigint[])
returns void language plpgsql as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  update group_partition as lane set finished = greatest(lane.finished, progress.finished)
    from unnest(lanes, through) as progress(partition, finished), consumer_group
   where lane.group_name = of_group and lane.partition = progress.partition and lane.owner = as_member
     and consumer_group.name = of_group and consumer_group.generation = at_generation;
end $$;

-- Which events have taken effect for whom.
create table inbox (
  consumer text not null,
  generation integer not null,
  source text not null,
  event_id text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (consumer, generation, source, event_id)
);
create index inbox_by_age on inbox (at);
