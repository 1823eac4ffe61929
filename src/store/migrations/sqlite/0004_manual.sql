-- Looks that people take, and how often a site has been asked today.

-- When a person looked last at the account.
ALTER TABLE account ADD COLUMN hand_look BIGINT;

-- Who looked and what at, JSON; null: a machine did.
ALTER TABLE visit ADD COLUMN hand TEXT;
CREATE INDEX visit_hand ON visit (account_id) WHERE hand IS NOT NULL;

-- Requests of one day, which is a day of Shanghai as days since 1970.
ALTER TABLE site ADD COLUMN day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE site ADD COLUMN asked BIGINT NOT NULL DEFAULT 0;
