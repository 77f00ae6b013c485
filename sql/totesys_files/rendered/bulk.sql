-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table bulk.`product_reviews` (
  `review_id` int unsigned not null,
  `design_id` int unsigned not null,
  `stars` int unsigned not null,
  `review_text` mediumtext null,
  `reviewed_at` datetime(6) null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`review_id`),
  key `by_design_id` (`design_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest product_reviews by review_id';
