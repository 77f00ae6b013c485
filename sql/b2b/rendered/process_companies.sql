-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create temporary table gear.`work_companies` (
  load_id bigint unsigned not null,
  `company_id` bigint unsigned not null,
  `company_name` mediumtext null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `company_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

update gear.`work_companies` w
straight_join bulk.`companies` b on b.`company_id` = w.`company_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_companies`
  (`batch_number`, `load_id`, `company_id`, `change_kind`, `old_company_name`, `new_company_name`)
select ?, w.load_id, w.`company_id`, if(b.load_id is null, 'inserted', 'updated'), b.`company_name`, w.`company_name`
from gear.`work_companies` w
left join bulk.`companies` b on b.`company_id` = w.`company_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (b.`company_name` <=> w.`company_name`))
order by w.`company_id`;

insert into bulk.`companies`
  (`company_id`, `company_name`, `load_id`, `row_offset`, created_at, updated_at)
select w.`company_id`, w.`company_name`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_companies` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`company_id`
on duplicate key update updated_at = if(bulk.`companies`.`company_name` <=> w.`company_name`, bulk.`companies`.updated_at, l.load_datetime),
  `company_name` = w.`company_name`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'companies',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_companies` w on w.load_id = l.load_id
left join bulk.`companies` b on b.`company_id` = w.`company_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`company_id` order by l.load_datetime) as earlier
  from gear.`work_companies` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_companies`
  (`batch_number`, `load_id`, `company_id`, `change_kind`, `old_company_name`, `new_company_name`)
select ?, w.load_id, w.`company_id`, if(b.load_id is null, 'inserted', 'updated'), b.`company_name`, w.`company_name`
from gear.loads l
straight_join gear.`work_companies` w on w.load_id = l.load_id
left join bulk.`companies` b on b.`company_id` = w.`company_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (b.`company_name` <=> w.`company_name`))
order by w.`load_id`, w.`company_id`;

insert into bulk.`companies`
  (`company_id`, `company_name`, `load_id`, `row_offset`, created_at, updated_at)
select w.`company_id`, w.`company_name`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_companies` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`company_id`
on duplicate key update updated_at = if(bulk.`companies`.`company_name` <=> w.`company_name`, bulk.`companies`.updated_at, l.load_datetime),
  `company_name` = w.`company_name`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'companies',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_companies` w on w.load_id = l.load_id
left join bulk.`companies` b on b.`company_id` = w.`company_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_companies`;
