-- What a sync keeps of its own: where the collection was found, how often it failed, and the cards it had to leave out.

create table book_source (
  book_id uuid primary key references address_book on delete cascade,
  location text, failures integer not null default 0, last_full timestamptz
);

-- The etag keeps a card that cannot be used from being fetched again until it changes.
create table skipped_card (
  book_id uuid not null references address_book on delete cascade,
  href text not null, etag text not null, reason text not null, at timestamptz not null default now(),
  primary key (book_id, href)
);

create index address_book_due on address_book (next_run);
