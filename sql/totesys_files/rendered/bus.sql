-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table bus.`design_reviews` (
  `design_id` int unsigned not null,
  `reviews` bigint not null,
  `average_stars` decimal(3,2) not null,
  primary key (`design_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'How many reviews each design has, and their stars on average: the later delivery of a review counts.';
