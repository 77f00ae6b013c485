-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table staging.`product_reviews` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `review_id` mediumtext not null,
  `design_id` mediumtext not null,
  `stars` mediumtext not null,
  `review_text` mediumtext null,
  `reviewed_at` mediumtext null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of product_reviews as delivered';
