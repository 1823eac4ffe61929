-- Looks that people take, and how often a site has been asked today.

-- When a person looked last at the account.
ALTER TABLE account ADD COLUMN hand_look BIGINT;

-- Who looked and what at, JSON; null: a machine did.
ALTER TABLE visit ADD COLUMN hand TEXT;
CREATE INDEX visit_hand ON visit (account_id) WHERE hand IS NOT NULL;

-- What was asked of a site on one day, and what the last reservation asked for and was granted. The day is one of
-- Shanghai, as a number; spans are milliseconds.
ALTER TABLE site ADD COLUMN day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE site ADD COLUMN asked BIGINT NOT NULL DEFAULT 0;
ALTER TABLE site ADD COLUMN gap BIGINT NOT NULL DEFAULT 0;
ALTER TABLE site ADD COLUMN wanted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE site ADD COLUMN allowed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE site ADD COLUMN granted BIGINT NOT NULL DEFAULT 0;
CREATE INDEX site_cooling ON site (site) WHERE cool_count > 0;

-- Accounts that wait for a new secret of the operator's.
CREATE INDEX account_wants_secret ON account (failure) WHERE failure = 'credential';
