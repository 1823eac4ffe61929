-- Hosts that posts link to, and which posts do.

CREATE TABLE host (
    id           INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL UNIQUE,          -- host and port
    root         TEXT    NOT NULL,                 -- its first page
    state        TEXT    NOT NULL DEFAULT 'unknown'
                 CHECK (state IN ('unknown','alive','silent','dead','taken')),
    silent_since BIGINT,
    silent_looks BIGINT  NOT NULL DEFAULT 0,
    why          TEXT    NOT NULL DEFAULT '',
    told         BOOLEAN NOT NULL DEFAULT FALSE,   -- it was dead or taken once: cases about it may run
    due_at       BIGINT,
    lease_token  BIGINT,
    attempts     BIGINT  NOT NULL DEFAULT 0
);
CREATE INDEX host_due ON host (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX host_alive ON host (due_at) WHERE state = 'alive';
CREATE INDEX host_told ON host (id) WHERE told;

CREATE TABLE host_link (
    account_id   BIGINT  NOT NULL,
    post         BIGINT  NOT NULL,
    host_id      BIGINT  NOT NULL,
    href         TEXT    NOT NULL,
    words        TEXT    NOT NULL,
    gone         BOOLEAN NOT NULL DEFAULT FALSE,   -- the post was edited and leads there no longer
    PRIMARY KEY (account_id, post, host_id)
) WITHOUT ROWID;
CREATE INDEX host_link_to ON host_link (host_id);
