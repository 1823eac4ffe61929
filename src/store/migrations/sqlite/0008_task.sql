-- Required reposts, and who has carried them.

CREATE TABLE task (
    id         INTEGER PRIMARY KEY,
    title      TEXT    NOT NULL,
    url        TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    starts_at  BIGINT  NOT NULL,                 -- posts count from then on
    deadline   BIGINT  NOT NULL,
    scope      TEXT    NOT NULL,                 -- which accounts, JSON
    closed_at  BIGINT
);

CREATE TABLE task_carried (
    task_id    BIGINT  NOT NULL,
    account_id BIGINT  NOT NULL,
    post       BIGINT  NOT NULL,
    at         BIGINT  NOT NULL,
    title      TEXT    NOT NULL,
    url        TEXT    NOT NULL,
    altered    TEXT    NOT NULL,                 -- why the title is suspected to be altered; empty: it is not
    PRIMARY KEY (account_id, task_id)
) WITHOUT ROWID;
CREATE INDEX task_carried_by ON task_carried (task_id);
