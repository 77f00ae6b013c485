-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table gear.`changes_product_reviews` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `review_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_design_id` int unsigned null,
  `new_design_id` int unsigned not null,
  `old_stars` int unsigned null,
  `new_stars` int unsigned not null,
  `old_review_text` mediumtext null,
  `new_review_text` mediumtext null,
  `old_reviewed_at` datetime(6) null,
  `new_reviewed_at` datetime(6) null,
  primary key (`batch_number`, `load_id`, `review_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of product_reviews: change_kind inserted or updated';

create table gear.`affected_design_reviews` (
  `design_id` int unsigned not null,
  primary key (`design_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.design_reviews that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create or replace view gear.recent_changes as
select 'totesys_files' as pipeline, 'product_reviews' as feed, 'product_reviews' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`review_id`) as business_key, b.committed_at
from gear.`changes_product_reviews` c
join gear.batches b on b.pipeline = 'totesys_files' and b.feed = 'product_reviews' and b.batch_number = c.batch_number;
