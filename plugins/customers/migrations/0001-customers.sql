create table company (
  id text primary key,
  name text not null check (name <> ''),
  website text
);
create index company_by_name on company (name, id);

create table customer (
  id text primary key,
  name text not null check (name <> ''),
  email text,
  language text,
  company_id text references company,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- What a search looks through, lower case: kept by the triggers below, so that a search is one scan.
  search_text text not null default ''
);
create index customer_by_name on customer (name, id);
create unique index customer_by_email on customer (lower(email));
create index customer_by_company on customer (company_id, name, id);

create table contact_point (
  id text primary key,
  customer_id text not null references customer on delete cascade,
  kind text not null check (kind in ('EMAIL', 'PHONE', 'WECHAT', 'WHATSAPP')),
  value text not null check (value <> ''),
  is_primary boolean not null default false,
  unique (customer_id, kind, value)
);
create unique index one_primary_contact on contact_point (customer_id, kind) where is_primary;

create table note (
  id text primary key,
  customer_id text not null references customer on delete cascade,
  author_id text not null,
  text text not null check (text <> ''),
  created_at timestamptz not null default now()
);
create index note_by_customer on note (customer_id, id desc);

create table customer_tag (
  customer_id text not null references customer on delete cascade,
  tag text not null check (tag <> ''),
  primary key (customer_id, tag)
);
create index customer_tag_by_tag on customer_tag (tag, customer_id);

create function refresh_search_text(changed_customer text) returns void language sql as $$
  update customer set search_text = lower(concat_ws(' ', customer.name, customer.email,
    (select company.name from company where company.id = customer.company_id),
    (select string_agg(contact_point.value, ' ') from contact_point where contact_point.customer_id = customer.id)))
  where customer.id = changed_customer
$$;

create function customer_changed() returns trigger language plpgsql as $$
begin
  perform refresh_search_text(new.id);
  return null;
end $$;
create trigger customer_search after insert or update of name, email, company_id on customer
  for each row execute function customer_changed();

create function contact_point_changed() returns trigger language plpgsql as $$
begin
  perform refresh_search_text(coalesce(new.customer_id, old.customer_id));
  return null;
end $$;
create trigger contact_point_search after insert or update or delete on contact_point
  for each row execute function contact_point_changed();

create function company_changed() returns trigger language plpgsql as $$
begin
  perform refresh_search_text(customer.id) from customer where customer.company_id = new.id;
  return null;
end $$;
create trigger company_search after update of name on company
  for each row execute function company_changed();
