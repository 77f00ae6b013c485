-- The search for rows in quarantine takes loads that have some, and reads nothing of those that nobody has to look at any more.
alter table gear.loads add column settled boolean not null default false comment 'nobody has to look at its rows in quarantine any more: they were corrected and processed, or deleted';
alter table gear.loads add key rejects (pipeline, feed, settled, rows_quarantined);
alter table gear.replays add key first_load (first_load_id);
alter table gear.quarantine add key of_load (load_id);
