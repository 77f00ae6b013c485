-- The files of each export, also those that a worker may have put in place before it died. They belong to a place, because an export may
-- get another name.
create table if not exists gear.export_parts (
  place binary(32) not null comment 'SHA-256 of the address, a line feed, and the key of part 0',
  part int unsigned not null comment 'from 0',
  pipeline varchar(64) not null,
  export varchar(128) not null,
  partition_date date null comment 'null of an export that is not by date',
  object_key varchar(700) not null comment 'below the address',
  byte_size bigint unsigned null comment 'of the file that was put there last; null where nobody knows, as all that follows of it',
  etag varchar(255) null,
  content_digest binary(32) null comment 'SHA-256 of its bytes; null of one that an earlier version of Strata wrote',
  next_size bigint unsigned null comment 'of the file that a worker puts there',
  next_digest binary(32) null,
  is_changing boolean not null comment 'a worker replaces the files of the place, or died while it did so',
  primary key (place, part),
  key changing (pipeline, is_changing)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert ignore into gear.export_parts (place, part, pipeline, export, partition_date, object_key, byte_size, etag, is_changing)
select unhex(sha2(concat(store_url, char(10), object_key), 256)), 0, pipeline, export, null, object_key, byte_size, etag, false from gear.exports;

insert ignore into gear.export_parts (place, part, pipeline, export, partition_date, object_key, byte_size, etag, is_changing)
select unhex(sha2(concat(store_url, char(10), object_key), 256)), 0, pipeline, output, partition_date, object_key, byte_size, etag, false
from gear.dated_outputs where store_url is not null and object_key is not null and etag is not null;
