-- The days that an extract asked a server for. The lake has the answers. This table follows the lake, and also remembers days without
-- an answer.
create table if not exists gear.http_answers (
  extract_id int unsigned not null,
  series varchar(255) not null comment 'the values of the request, such as GBP',
  asked_date date not null,
  own_date date null comment 'that the answer says it is of',
  asked_at datetime(6) not null comment 'the last time, by the worker''s clock, UTC',
  object_key varchar(600) null comment 'of the newest answer in the lake; null where the server had nothing',
  byte_size bigint unsigned null,
  primary key (extract_id, series, asked_date)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
