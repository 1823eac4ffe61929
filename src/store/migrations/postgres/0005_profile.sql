-- What accounts say about themselves, over time.

-- What was last noted of the account's profile: a hash of it, and from when it is gone through again although
-- nothing changed. Null: never noted, or the register's line is new.
ALTER TABLE account ADD COLUMN profile_hash BIGINT;
ALTER TABLE account ADD COLUMN profile_due BIGINT;
-- Of the address whose picture is the avatar seen last: only another one is fetched.
ALTER TABLE account ADD COLUMN profile_avatar BIGINT;

-- One value of one fact of an account's profile.
CREATE TABLE profile_fact (
    account_id BIGINT NOT NULL,
    fact       TEXT   NOT NULL CHECK (fact IN ('name','intro','avatar','verification','verified_subject','ipv6')),
    value      TEXT   NOT NULL,
    first_seen BIGINT NOT NULL,
    since      BIGINT NOT NULL,                  -- begin of the latest time in which no other value was seen
    last_seen  BIGINT NOT NULL,                  -- written about once a day
    lasted     BOOLEAN NOT NULL,                 -- was seen twice, hours apart, with no other value in between
    PRIMARY KEY (account_id, fact, value)
);

-- An account's followers, one count a day.
CREATE TABLE profile_followers (
    account_id BIGINT PRIMARY KEY,
    series     BYTEA  NOT NULL
);

-- What people have dismissed by closing its case: the same fact opens no second one.
CREATE TABLE dismissal (
    account_id  BIGINT NOT NULL,
    rule        TEXT   NOT NULL,
    fingerprint BIGINT NOT NULL,                 -- of the fact that the case was about
    at          BIGINT NOT NULL,
    who         TEXT   NOT NULL,
    PRIMARY KEY (account_id, rule, fingerprint)
);
