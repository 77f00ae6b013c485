-- With this index the search for refused files finds what was loaded in their place, however many files were loaded since.
alter table gear.loads add key named (pipeline, feed, object_key(255));
alter table gear.corrections add key first_load (first_load_id);
