-- More kinds of sources, calendars, where codes live and how they get there, and what one person makes of numbers and codes.

-- How the source is spoken to beside address, user and password: {"auth": ...} or {"ldap": {...}}.
alter table address_book add column options jsonb not null default '{}';
-- Of a sync that is under way: {"done": 1200, "total": 5000}.
alter table book_source add column progress jsonb;
-- When somebody said that what the source lacks may go.
alter table book_source add column loss_accepted_at timestamptz;

-- Names of the fields of a card that hold something, for the fill report; null: read before there were reports.
alter table contact add column fields text[];
-- Health counts them.
create index contact_number_book on contact_number (book_id);
create index contact_code on contact (book_id, upper(code)) include (code) where code is not null;

-- Text as it is searched: small letters without accents, the same for what is stored and what is asked.
create function folded(text) returns text language sql immutable strict parallel safe as $$
  select case when $1 !~ '[^\x01-\x7f]' then lower($1) else
    replace(replace(replace(translate(lower(regexp_replace(normalize($1, NFKD), '[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]', '', 'g')), 'øłđıħ', 'oldih'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe') end $$;
-- What a contact is found by beside its name: e-mail addresses, digits of its numbers.
alter table contact add column more text;
-- Every card is read again once: numbers have other forms than before, and e-mail addresses are among what is found.
update contact set etag = '', more = (select left(string_agg(coalesce(substr(e164, 2), regexp_replace(raw, '[^0-9]', '', 'g')), ' ' order by position), 300) from contact_number n where n.contact_id = contact.id);
update skipped_card set etag = '';
update address_book set sync_token = null, next_run = now();
update book_source set last_full = null;
alter table contact add column words text collate "C" generated always as (left(folded(name || E'\n' || coalesce(more, '') || E'\n' || coalesce(organisation, '')), 500)) stored;
-- Lists are in the order of folded names, and everything a search looks at is in their index.
drop index contact_name;
create index contact_words on contact (book_id, left(words, 60), id) include (words, code);
-- Rare words are found at once where the server has pg_trgm and lets us use it; else the index above is read through.
do $$ begin
  create extension if not exists pg_trgm;
  create index contact_words_parts on contact using gin (words gin_trgm_ops);
exception when others then raise notice 'without pg_trgm: %', sqlerrm;
end $$;

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
-- Grows with every change of them.
create table import_revision (book_id uuid primary key references address_book on delete cascade, revision bigint not null);

-- Where codes are still read, and cleared, while they move from one carrier to another; the carrier itself comes first.
alter table address_book add column fallback_carrier jsonb;
-- The source refused a change the last time; a change that it takes clears it.
alter table book_source add column read_only boolean not null default false;

-- Codes on their way to the source. `code` null: to be taken away. A row goes when the source has it. `next_try` null: the
-- source will not take it, `error` says why; the card's own code counts again. `was`: what the card said when it was asked for.
-- `attempts`: tries while the source was away; `refusals`: tries that the source answered, with trouble about this one card.
create table code_write (
  contact_id uuid primary key references contact on delete cascade, book_id uuid not null references address_book on delete cascade,
  code text, was text, person_id uuid references person on delete set null, asked_at timestamptz not null default now(),
  attempts integer not null default 0, refusals integer not null default 0, next_try timestamptz default now(), error jsonb
);
create index code_write_due on code_write (book_id, next_try);

-- Codes that vanished from a card together with something else of it: another program's loss rather than anybody's wish.
create table lost_code (
  contact_id uuid primary key references contact on delete cascade, book_id uuid not null references address_book on delete cascade,
  code text not null, why text not null, at timestamptz not null default now()
);
create index lost_code_book on lost_code (book_id);

-- Codes of a book moving from one carrier to another. `state`: running, done, undoing, undone, failed.
create table carrier_migration (
  id uuid primary key default gen_random_uuid(), book_id uuid not null references address_book on delete cascade,
  from_carrier jsonb not null, to_carrier jsonb not null, state text not null, text text,
  attempts integer not null default 0, next_try timestamptz not null default now(),
  started_at timestamptz not null default now(), ended_at timestamptz
);
create index carrier_migration_book on carrier_migration (book_id, started_at desc);
create unique index carrier_migration_running on carrier_migration (book_id) where state in ('running', 'undoing');
-- Item states: waiting, done, failed (`problem` says why), undone. `undo`: what was changed where, so that the card can become
-- byte for byte what it was; `after`: a hash of the card as we left it. Both are kept before the card is written.
create table carrier_migration_item (
  migration_id uuid not null references carrier_migration on delete cascade, contact_id uuid references contact on delete set null,
  href text not null, name text not null, code text not null, state text not null default 'waiting', problem text,
  undo jsonb, after text, attempts integer not null default 0, next_try timestamptz not null default now(),
  primary key (migration_id, href)
);
create index carrier_migration_item_state on carrier_migration_item (migration_id, state);
create index carrier_migration_item_contact on carrier_migration_item (contact_id);

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
