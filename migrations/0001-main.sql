-- The main job: users and their lines, address books, calls and what was decided about them.

create table person (
  id uuid primary key default gen_random_uuid(),
  email text not null, name text not null, password_hash text,
  role text not null default 'user' check (role in ('admin', 'user')),
  zone text not null default 'UTC',
  created_at timestamptz not null default now()
);
create unique index person_email on person (lower(email));

create table session (
  hash bytea primary key, person_id uuid not null references person on delete cascade,
  created_at timestamptz not null default now(), expires_at timestamptz not null
);
create index session_person on session (person_id);

create table token (
  id uuid primary key default gen_random_uuid(), hash bytea not null unique,
  person_id uuid not null references person on delete cascade, name text not null,
  created_at timestamptz not null default now(), last_used_at timestamptz
);
create index token_person on token (person_id);

create table setting (key text primary key, value jsonb not null);

-- Numbers that callers dial (canonical form) and the telephones of a person.
create table number (
  id uuid primary key default gen_random_uuid(), person_id uuid not null references person on delete cascade,
  number text not null unique
);
create index number_person on number (person_id);
create table device (
  id uuid primary key default gen_random_uuid(), person_id uuid not null references person on delete cascade,
  extension text not null unique, name text not null, endpoint text not null
);
create index device_person on device (person_id);
create index device_endpoint on device (endpoint);

create table profile (
  person_id uuid primary key references person on delete cascade,
  rules jsonb not null default '[]', otherwise jsonb not null, version integer not null default 1
);

-- A person's own word about what they are doing, and what their telephones say.
create table own_status (
  person_id uuid primary key references person on delete cascade,
  status text not null, until timestamptz, at timestamptz not null default now()
);
create table device_state (endpoint text primary key, state text not null, at timestamptz not null);

create table address_book (
  id uuid primary key default gen_random_uuid(), person_id uuid references person on delete cascade,
  kind text not null, name text not null, url text not null, username text not null, secret bytea not null,
  carrier jsonb not null default '{"field": "X-CUSTOM4"}',
  sync_token text, state text not null default 'new', last_success timestamptz,
  last_error jsonb, skipped integer not null default 0, next_run timestamptz, created_at timestamptz not null default now()
);
create index address_book_person on address_book (person_id);

-- One row a card. `card` is the card as received, byte for byte: write-back patches it and never serialises it anew.
create table contact (
  id uuid primary key default gen_random_uuid(), book_id uuid not null references address_book on delete cascade,
  href text not null, etag text not null, uid text, name text not null, organisation text, code text, card bytea not null,
  updated_at timestamptz not null default now(), unique (book_id, href)
);
create index contact_name on contact (book_id, lower(name), id);

-- One row a telephone number of a contact, in each form it may be found by (number/match.ts).
create table contact_number (
  contact_id uuid not null references contact on delete cascade, book_id uuid not null, position smallint not null,
  label text, raw text not null, e164 text, national text, extension text, suffix text,
  primary key (contact_id, position)
);
create index contact_number_e164 on contact_number (e164) where e164 is not null;
create index contact_number_national on contact_number (national) where national is not null;
create index contact_number_extension on contact_number (extension) where extension is not null;
create index contact_number_suffix on contact_number (suffix) where suffix is not null;

-- One row a call. The id is <pbx>-<linkedid>. Columns are what lists need; `state` is the folded call, `run` the program
-- in progress, `trace` what was done and why.
create table call (
  id text primary key, pbx text not null, linkedid text not null, person_id uuid references person on delete set null,
  version integer not null default 0,
  from_number text, from_e164 text, from_display text not null default '', from_kind text not null default 'unknown', tier text not null default 'none',
  to_number text not null default '', contact_id uuid references contact on delete set null, contact jsonb, candidates jsonb not null default '[]', code text,
  phase text not null default 'deciding', doing text not null default '', outcome text, answered_by text,
  decision jsonb, state jsonb, run jsonb, trace jsonb not null default '[]', note text,
  started_at timestamptz not null, answered_at timestamptz, ended_at timestamptz
) with (fillfactor = 70); -- a call is written four or five times: room for the next version beside the last
create index call_person on call (person_id, started_at desc, id);
create index call_number on call (from_e164, started_at desc);
create index call_contact on call (contact_id, started_at desc);
create index call_started on call (started_at desc, id);
create index call_open on call (pbx) where ended_at is null;

-- The order of what happened. A row is deleted when it has been folded into its call.
create table call_event (
  seq bigint generated always as identity primary key, call_id text not null, pbx text not null,
  event jsonb not null, at timestamptz not null default now()
);
create index call_event_call on call_event (call_id, seq);

-- Commands on their way to a PBX: written with the call in one transaction, marked sent before they go out.
create table command (
  id uuid primary key, call_id text not null, pbx text not null, position integer not null, body jsonb not null,
  created_at timestamptz not null default now(), sent_at timestamptz
);
create index command_waiting on command (pbx, created_at, position) where sent_at is null;

create table voicemail (
  id uuid primary key default gen_random_uuid(), person_id uuid not null references person on delete cascade,
  call_id text not null unique, file text not null, seconds real, heard boolean not null default false, at timestamptz not null
);
create index voicemail_person on voicemail (person_id, at desc, id);
