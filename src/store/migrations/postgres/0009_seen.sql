-- The newest posts of all accounts, whose texts are held in memory to tell who repeats whom.

CREATE INDEX post_seen ON post (first_seen);
