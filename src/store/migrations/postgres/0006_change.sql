-- What posts said before they were changed, and which of them were withdrawn.

ALTER TABLE post ADD COLUMN withdrawn_at BIGINT; -- gone from a list that still shows older ones; null: stands, or nobody can tell

CREATE TABLE post_version (
    account_id  BIGINT NOT NULL,
    key         BIGINT NOT NULL,
    replaced_at BIGINT NOT NULL,                 -- when the change was seen
    title       TEXT   NOT NULL,                 -- as it was before
    text        TEXT   NOT NULL,
    PRIMARY KEY (account_id, key, replaced_at)
);
