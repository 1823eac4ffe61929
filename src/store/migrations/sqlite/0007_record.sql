-- What was seen when cases were opened, chained so that a later change shows.

CREATE TABLE record (
    number      BIGINT  PRIMARY KEY,             -- from 1 without a gap
    incident_id BIGINT  NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('response','extract','screenshot')),
    url         TEXT    NOT NULL,
    at          BIGINT  NOT NULL,
    peer        TEXT    NOT NULL,
    request     TEXT    NOT NULL,
    response    TEXT    NOT NULL,
    truncated   BOOLEAN NOT NULL,
    sha256      BLOB NOT NULL,                   -- of the payload
    link        BLOB NOT NULL,                   -- of everything up to here
    payload     BLOB                             -- zstd; null: no longer kept
);
CREATE INDEX record_incident ON record (incident_id);
CREATE INDEX record_sha256 ON record (sha256);
CREATE INDEX record_kept ON record (at) WHERE payload IS NOT NULL;

-- The last link, held while links are added.
CREATE TABLE record_head (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    number BIGINT NOT NULL,
    link   BLOB NOT NULL
);
INSERT INTO record_head (id, number, link) VALUES (1, 0, x'0000000000000000000000000000000000000000000000000000000000000000');
