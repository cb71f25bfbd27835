-- More kinds of sources, calendars, where codes live and how they get there, and what one person makes of numbers and codes.

-- How the source is spoken to beside address, user and password: {"auth": ...} or {"ldap": {...}}.
alter table address_book add column options jsonb not null default '{}';
-- Of a sync that is under way: {"done": 1200, "total": 5000}.
alter table book_source add column progress jsonb;

-- Names of the fields of a card that hold something, for the fill report; null: read before there were reports.
alter table contact add column fields text[];
create index contact_code on contact (book_id, upper(code)) where code is not null;

-- An order of precedence; a book that is not in it comes after those that are, own ones before shared ones.
create table book_order (
  person_id uuid not null references person on delete cascade, book_id uuid not null references address_book on delete cascade,
  position integer not null, primary key (person_id, book_id)
);

-- Cards of books that have no server: brought by files, kept byte for byte.
create table import_card (
  book_id uuid not null references address_book on delete cascade, href text not null, etag text not null, bytes bytea not null,
  primary key (book_id, href)
);

-- Codes on their way to the source. `code` null: to be taken away. A row goes when the source has it.
create table code_write (
  contact_id uuid primary key references contact on delete cascade, book_id uuid not null references address_book on delete cascade,
  code text, person_id uuid references person on delete set null, asked_at timestamptz not null default now(),
  attempts integer not null default 0, next_try timestamptz not null default now(), error jsonb
);
create index code_write_due on code_write (book_id, next_try);

-- Codes that vanished from a card together with something else of it: another program's loss rather than anybody's wish.
create table lost_code (
  contact_id uuid primary key references contact on delete cascade, book_id uuid not null references address_book on delete cascade,
  code text not null, why text not null, at timestamptz not null default now()
);
create index lost_code_book on lost_code (book_id);

-- Codes of a book moving from one carrier to another. An item that `failed` says why; `undone` ones are back.
create table carrier_migration (
  id uuid primary key default gen_random_uuid(), book_id uuid not null references address_book on delete cascade,
  from_carrier jsonb not null, to_carrier jsonb not null, state text not null, text text,
  started_at timestamptz not null default now(), ended_at timestamptz
);
create table carrier_migration_item (
  migration_id uuid not null references carrier_migration on delete cascade, contact_id uuid references contact on delete set null,
  href text not null, name text not null, code text not null, state text not null default 'waiting', problem text,
  primary key (migration_id, href)
);

-- What codes mean to one person.
create table code_meaning (
  person_id uuid not null references person on delete cascade, code text not null, name text, colour text, meaning text, position integer not null,
  primary key (person_id, code)
);

-- Who an ambiguous number is, in one person's eyes. `number` in canonical form.
create table number_choice (
  person_id uuid not null references person on delete cascade, number text not null, contact_id uuid not null references contact on delete cascade,
  at timestamptz not null default now(), primary key (person_id, number)
);
create index number_choice_contact on number_choice (contact_id);
