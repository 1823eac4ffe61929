-- From the register to the receipt: accounts, what was seen, cases, and who was told.
-- Times are milliseconds since 1970 (UTC), bound by the program's clock; SQL never asks for the time.

-- One registered account and what is known of it so far.
CREATE TABLE account (
    id             INTEGER PRIMARY KEY,
    key            TEXT    NOT NULL UNIQUE,
    name           TEXT    NOT NULL,
    platform       TEXT    NOT NULL,
    platform_uid   TEXT    NOT NULL,
    level          TEXT    NOT NULL,
    region_code    TEXT    NOT NULL,
    owner          TEXT    NOT NULL,
    known_since    BIGINT  NOT NULL,             -- when the register first had it
    retired_at     BIGINT,                       -- taken out of the register
    -- facts
    state          TEXT    NOT NULL DEFAULT 'new'
                   CHECK (state IN ('new','active','lagging','not_updated','dormant','zombie','hollow','unverified','closing','deregistered')),
    no_original    BOOLEAN NOT NULL DEFAULT FALSE,
    covers_since   BIGINT,
    reach          BIGINT,
    last_update    BIGINT,
    last_original  BIGINT,
    last_post      TEXT,                         -- title, address and time of the newest post, JSON
    months         TEXT    NOT NULL DEFAULT '',  -- service accounts: updates per natural month
    days           BLOB    NOT NULL DEFAULT x'', -- posts per day of the last weeks
    profile_empty  BOOLEAN NOT NULL DEFAULT FALSE,
    followers      BIGINT,
    -- where the last good listing came from
    source_no      BIGINT  NOT NULL DEFAULT 0,
    etag           TEXT,
    last_modified  TEXT,
    -- failed looks
    failures       BIGINT  NOT NULL DEFAULT 0,
    failure        TEXT,
    failing_since  BIGINT,
    statement      TEXT,
    statement_since BIGINT,
    doubt_since    BIGINT,                       -- the list has been older than before since then
    detail         TEXT    NOT NULL DEFAULT '',
    open_cases     BIGINT  NOT NULL DEFAULT 0
);
CREATE INDEX account_name ON account (name);
-- What a scrape counts is answered from these alone.
CREATE INDEX account_standing ON account (platform, level, state) WHERE retired_at IS NULL;
CREATE INDEX account_no_original ON account (platform) WHERE retired_at IS NULL AND no_original;

-- When an account is looked at, and by whom. Every look rewrites the row twice, so it holds nothing else.
CREATE TABLE account_look (
    account_id  INTEGER PRIMARY KEY,
    site        TEXT    NOT NULL,                -- what shares one pace: host:port of the preferred source
    due_at      BIGINT,                          -- taking a row moves it to the end of the lease; null: never again (retired, deregistered)
    due_why     TEXT    NOT NULL,
    lease_token BIGINT,
    attempts    BIGINT  NOT NULL DEFAULT 0,
    last_visit  BIGINT,
    good_look   BIGINT
);
-- A lease ranks by site without reading the rows.
CREATE INDEX account_look_due ON account_look (due_at, account_id, site) WHERE due_at IS NOT NULL;
CREATE INDEX account_look_site ON account_look (site);

-- The long part of an account, which most looks only read.
CREATE TABLE account_text (
    account_id INTEGER PRIMARY KEY,
    register   TEXT    NOT NULL,                 -- the whole line of the register, JSON
    listing    BLOB    NOT NULL DEFAULT x''       -- the items of the last good listing
);

-- One look at one account: the log of facts.
CREATE TABLE visit (
    account_id   BIGINT  NOT NULL,
    at           BIGINT  NOT NULL,
    outcome      TEXT    NOT NULL CHECK (outcome IN ('unchanged','read','proven_empty','failed')),
    failure      TEXT,
    items        BIGINT  NOT NULL,
    fresh        BIGINT  NOT NULL,
    covers_since BIGINT,
    duration_ms  BIGINT  NOT NULL,
    status       BIGINT  NOT NULL,
    detail       TEXT    NOT NULL,
    PRIMARY KEY (account_id, at)
) WITHOUT ROWID;

-- One published item, as first seen.
CREATE TABLE post (
    account_id   BIGINT  NOT NULL,
    key          BIGINT  NOT NULL,
    first_seen   BIGINT  NOT NULL,
    published    BIGINT,                         -- as printed: the instant, or the start of a bare day
    bare         BOOLEAN NOT NULL,               -- printed as a day only
    effective_at BIGINT  NOT NULL,               -- the latest instant the evidence allows
    origin       TEXT    NOT NULL CHECK (origin IN ('original','repost','unknown')),
    source       TEXT,
    title        TEXT    NOT NULL,
    url          TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    fingerprint  BIGINT  NOT NULL,               -- of title and text; an edit changes it
    edited_at    BIGINT
);
CREATE UNIQUE INDEX post_key ON post (account_id, key);
CREATE INDEX post_published ON post (account_id, published) WHERE published IS NOT NULL;

-- What shares one pace.
CREATE TABLE site (
    site         TEXT    PRIMARY KEY,
    next_slot_at BIGINT  NOT NULL,
    cool_until   BIGINT  NOT NULL DEFAULT 0,
    cool_count   BIGINT  NOT NULL DEFAULT 0
);

-- A finding with a life.
CREATE TABLE incident (
    id         INTEGER PRIMARY KEY,
    account_id BIGINT  NOT NULL DEFAULT 0,       -- 0: about a site or about ourselves
    rule       TEXT    NOT NULL,
    subject    TEXT    NOT NULL DEFAULT '',
    level      TEXT    NOT NULL CHECK (level IN ('reminder','deduction','fail','suspected')),
    state      TEXT    NOT NULL CHECK (state IN ('open','acknowledged','resolved','closed')),
    since      BIGINT  NOT NULL,
    opened_at  BIGINT  NOT NULL,
    changed_at BIGINT  NOT NULL,                 -- when it took its present state and level
    ended_at   BIGINT,
    evidence   TEXT    NOT NULL                  -- JSON, never searched
);
CREATE INDEX incident_standing ON incident (rule, state);
CREATE UNIQUE INDEX incident_running ON incident (account_id, rule, subject) WHERE state IN ('open','acknowledged');

-- Something that happened to a case; append-only.
CREATE TABLE event (
    id          INTEGER PRIMARY KEY,
    incident_id BIGINT  NOT NULL REFERENCES incident (id),
    at          BIGINT  NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('opened','worsened','acknowledged','resolved','closed')),
    who         TEXT    NOT NULL,
    note        TEXT    NOT NULL
);
CREATE INDEX event_incident ON event (incident_id);

-- Cases told together to the same people.
CREATE TABLE incident_group (
    id           INTEGER PRIMARY KEY,
    key          TEXT    NOT NULL UNIQUE,
    audience     TEXT    NOT NULL,               -- title, recipients and timing, JSON
    created_at   BIGINT  NOT NULL,
    touched      BIGINT  NOT NULL DEFAULT 0,     -- counts changes, so that none is lost while leased
    sequence     BIGINT  NOT NULL DEFAULT 0,
    last_sent_at BIGINT,
    due_at       BIGINT,
    lease_token  BIGINT,
    attempts     BIGINT  NOT NULL DEFAULT 0
);
CREATE INDEX incident_group_due ON incident_group (due_at) WHERE due_at IS NOT NULL;

-- What the people of a group have been told about a case.
CREATE TABLE group_member (
    group_id    BIGINT NOT NULL REFERENCES incident_group (id),
    incident_id BIGINT NOT NULL REFERENCES incident (id),
    told        TEXT   NOT NULL DEFAULT 'never' CHECK (told IN ('never','open','resolved')),
    told_at     BIGINT,
    told_level  TEXT,
    PRIMARY KEY (group_id, incident_id)
);
CREATE INDEX group_member_incident ON group_member (incident_id);

-- One message to one person.
CREATE TABLE delivery (
    id          INTEGER PRIMARY KEY,
    group_id    BIGINT  NOT NULL REFERENCES incident_group (id),
    sequence    BIGINT  NOT NULL,
    recipient   TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('pending','sent','dead')),
    message_id  TEXT    NOT NULL,
    refs        TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    text        TEXT    NOT NULL,
    html        TEXT    NOT NULL,
    written_at  BIGINT  NOT NULL,
    due_at      BIGINT,
    lease_token BIGINT,
    attempts    BIGINT  NOT NULL DEFAULT 0,
    error       TEXT    NOT NULL DEFAULT '',
    receipt     TEXT    NOT NULL DEFAULT '',
    ended_at    BIGINT,
    UNIQUE (group_id, sequence, recipient)
);
CREATE INDEX delivery_due ON delivery (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX delivery_standing ON delivery (state, written_at);

-- What is to be done at a time of the calendar.
CREATE TABLE job (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE,
    due_at      BIGINT,
    lease_token BIGINT,
    attempts    BIGINT  NOT NULL DEFAULT 0
);
