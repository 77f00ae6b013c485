-- The last claimed run of each feed of a lake. Runs are claimed as a whole, one after the other.
create table if not exists gear.lake_feeds (
  pipeline varchar(64) not null,
  feed varchar(64) not null,
  run int unsigned not null comment 'the last one whose objects of the feed all have loads',
  primary key (pipeline, feed)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
