-- The platform's own counter of an account's posts at the last good look that heard it. A counter that rises
-- while the list shows nothing new says that the list hides something. Null: never heard, or not comparable.
ALTER TABLE account ADD COLUMN posts_counted BIGINT;
