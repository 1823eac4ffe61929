-- Behind which bridge an account is read, and when its newest post came in sight.

-- Site and platform of the bridge that the last good listing came through; empty when there is none.
ALTER TABLE account ADD COLUMN bridge TEXT NOT NULL DEFAULT '';
-- Null when nobody was looking at the time.
ALTER TABLE account ADD COLUMN news_at BIGINT;
CREATE INDEX account_bridge ON account (bridge) WHERE bridge <> '';
