-- Calendars: read from CalDAV servers, expanded here into windows of the days to come.

-- The columns of a source are those of address_book and book_source.
create table calendar (
  id uuid primary key default gen_random_uuid(), person_id uuid not null references person on delete cascade,
  name text not null, url text not null, username text not null, secret bytea not null, options jsonb not null default '{}',
  sync_token text, state text not null default 'new', last_success timestamptz, last_error jsonb, skipped integer not null default 0, next_run timestamptz,
  location text, failures integer not null default 0, last_full timestamptz, progress jsonb, loss_accepted_at timestamptz,
  -- When the windows were last worked out, and what for: zone and addresses of the person. Again after an hour, or when that is something else.
  expanded_at timestamptz, expanded_for text, created_at timestamptz not null default now()
);
create index calendar_person on calendar (person_id);
create index calendar_due on calendar (next_run);

-- One row a resource of the collection: an event with its overrides, as received. `problem`: what could not be made of it, or why there is no body.
create table calendar_object (
  calendar_id uuid not null references calendar on delete cascade, href text not null, etag text not null, body bytea not null,
  problem text, updated_at timestamptz not null default now(), primary key (calendar_id, href)
);

-- Occurrences from yesterday to 30 days ahead. `busy`: busy, tentative, free, or away (out of office).
create table calendar_window (
  calendar_id uuid not null references calendar on delete cascade, href text not null, uid text not null, title text not null,
  starts_at timestamptz not null, ends_at timestamptz not null, all_day boolean not null, busy text not null,
  categories text[] not null default '{}', attendees jsonb not null default '[]'
);
create index calendar_window_time on calendar_window (calendar_id, starts_at, ends_at);
create index calendar_window_href on calendar_window (calendar_id, href);
-- Whose event has just begun or ended, asked every second.
create index calendar_window_start on calendar_window (starts_at);
create index calendar_window_end on calendar_window (ends_at);

create table calendar_rules (person_id uuid primary key references person on delete cascade, rules jsonb not null default '[]', addresses jsonb not null default '[]');
