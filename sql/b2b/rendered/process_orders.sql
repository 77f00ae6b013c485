-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create temporary table gear.`work_orders` (
  load_id bigint unsigned not null,
  `order_id` bigint unsigned not null,
  `prod_id` bigint unsigned null,
  `customer_id` bigint unsigned null,
  `prod_quote_price` decimal(15,4) null,
  `is_lead_sale` boolean null,
  `crm_lead_id` bigint null,
  `company_id` bigint unsigned null,
  `created_date` datetime(6) null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `order_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

update gear.`work_orders` w
straight_join bulk.`orders` b on b.`order_id` = w.`order_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_orders`
  (`batch_number`, `load_id`, `order_id`, `change_kind`, `old_prod_id`, `new_prod_id`, `old_customer_id`, `new_customer_id`, `old_prod_quote_price`, `new_prod_quote_price`, `old_is_lead_sale`, `new_is_lead_sale`, `old_crm_lead_id`, `new_crm_lead_id`, `old_company_id`, `new_company_id`, `old_created_date`, `new_created_date`)
select ?, w.load_id, w.`order_id`, if(b.load_id is null, 'inserted', 'updated'), b.`prod_id`, w.`prod_id`, b.`customer_id`, w.`customer_id`, b.`prod_quote_price`, w.`prod_quote_price`, b.`is_lead_sale`, w.`is_lead_sale`, b.`crm_lead_id`, w.`crm_lead_id`, b.`company_id`, w.`company_id`, b.`created_date`, w.`created_date`
from gear.`work_orders` w
left join bulk.`orders` b on b.`order_id` = w.`order_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (b.`prod_id` <=> w.`prod_id`) or not (b.`customer_id` <=> w.`customer_id`) or not (b.`prod_quote_price` <=> w.`prod_quote_price`) or not (b.`is_lead_sale` <=> w.`is_lead_sale`) or not (b.`crm_lead_id` <=> w.`crm_lead_id`) or not (b.`company_id` <=> w.`company_id`) or not (b.`created_date` <=> w.`created_date`))
order by w.`order_id`;

insert into bulk.`orders`
  (`order_id`, `prod_id`, `customer_id`, `prod_quote_price`, `is_lead_sale`, `crm_lead_id`, `company_id`, `created_date`, `load_id`, `row_offset`, created_at, updated_at)
select w.`order_id`, w.`prod_id`, w.`customer_id`, w.`prod_quote_price`, w.`is_lead_sale`, w.`crm_lead_id`, w.`company_id`, w.`created_date`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_orders` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`order_id`
on duplicate key update updated_at = if(bulk.`orders`.`prod_id` <=> w.`prod_id` and bulk.`orders`.`customer_id` <=> w.`customer_id` and bulk.`orders`.`prod_quote_price` <=> w.`prod_quote_price` and bulk.`orders`.`is_lead_sale` <=> w.`is_lead_sale` and bulk.`orders`.`crm_lead_id` <=> w.`crm_lead_id` and bulk.`orders`.`company_id` <=> w.`company_id` and bulk.`orders`.`created_date` <=> w.`created_date`, bulk.`orders`.updated_at, l.load_datetime),
  `prod_id` = w.`prod_id`,
  `customer_id` = w.`customer_id`,
  `prod_quote_price` = w.`prod_quote_price`,
  `is_lead_sale` = w.`is_lead_sale`,
  `crm_lead_id` = w.`crm_lead_id`,
  `company_id` = w.`company_id`,
  `created_date` = w.`created_date`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'orders',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_orders` w on w.load_id = l.load_id
left join bulk.`orders` b on b.`order_id` = w.`order_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`order_id` order by l.load_datetime) as earlier
  from gear.`work_orders` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_orders`
  (`batch_number`, `load_id`, `order_id`, `change_kind`, `old_prod_id`, `new_prod_id`, `old_customer_id`, `new_customer_id`, `old_prod_quote_price`, `new_prod_quote_price`, `old_is_lead_sale`, `new_is_lead_sale`, `old_crm_lead_id`, `new_crm_lead_id`, `old_company_id`, `new_company_id`, `old_created_date`, `new_created_date`)
select ?, w.load_id, w.`order_id`, if(b.load_id is null, 'inserted', 'updated'), b.`prod_id`, w.`prod_id`, b.`customer_id`, w.`customer_id`, b.`prod_quote_price`, w.`prod_quote_price`, b.`is_lead_sale`, w.`is_lead_sale`, b.`crm_lead_id`, w.`crm_lead_id`, b.`company_id`, w.`company_id`, b.`created_date`, w.`created_date`
from gear.loads l
straight_join gear.`work_orders` w on w.load_id = l.load_id
left join bulk.`orders` b on b.`order_id` = w.`order_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (b.`prod_id` <=> w.`prod_id`) or not (b.`customer_id` <=> w.`customer_id`) or not (b.`prod_quote_price` <=> w.`prod_quote_price`) or not (b.`is_lead_sale` <=> w.`is_lead_sale`) or not (b.`crm_lead_id` <=> w.`crm_lead_id`) or not (b.`company_id` <=> w.`company_id`) or not (b.`created_date` <=> w.`created_date`))
order by w.`load_id`, w.`order_id`;

insert into bulk.`orders`
  (`order_id`, `prod_id`, `customer_id`, `prod_quote_price`, `is_lead_sale`, `crm_lead_id`, `company_id`, `created_date`, `load_id`, `row_offset`, created_at, updated_at)
select w.`order_id`, w.`prod_id`, w.`customer_id`, w.`prod_quote_price`, w.`is_lead_sale`, w.`crm_lead_id`, w.`company_id`, w.`created_date`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_orders` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`order_id`
on duplicate key update updated_at = if(bulk.`orders`.`prod_id` <=> w.`prod_id` and bulk.`orders`.`customer_id` <=> w.`customer_id` and bulk.`orders`.`prod_quote_price` <=> w.`prod_quote_price` and bulk.`orders`.`is_lead_sale` <=> w.`is_lead_sale` and bulk.`orders`.`crm_lead_id` <=> w.`crm_lead_id` and bulk.`orders`.`company_id` <=> w.`company_id` and bulk.`orders`.`created_date` <=> w.`created_date`, bulk.`orders`.updated_at, l.load_datetime),
  `prod_id` = w.`prod_id`,
  `customer_id` = w.`customer_id`,
  `prod_quote_price` = w.`prod_quote_price`,
  `is_lead_sale` = w.`is_lead_sale`,
  `crm_lead_id` = w.`crm_lead_id`,
  `company_id` = w.`company_id`,
  `created_date` = w.`created_date`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'orders',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_orders` w on w.load_id = l.load_id
left join bulk.`orders` b on b.`order_id` = w.`order_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_orders`;
