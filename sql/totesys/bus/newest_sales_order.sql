-- mart: bus.newest_sales_order
-- The fact that is the newest version of each sales order: the one that the highest run delivered, whatever its last_updated says.
-- key: sales_order_id
-- after: bus.fact_sales_order

-- columns
sales_order_id int unsigned
sales_record_id int unsigned

-- affected by sales_order
select c.sales_order_id from changes.sales_order c

-- affected by sales_order_versions
select c.sales_order_id from changes.sales_order_versions c

-- rows
select
  o.sales_order_id,
  -- bulk may already have a version whose fact is still to come. Until it comes, the sales order keeps one that is there.
  coalesce(max(case when f.sales_record_id = i.sales_record_id then f.sales_record_id end), max(f.sales_record_id)) as sales_record_id
from [[affected straight_join]] bulk.sales_order o [[on o.sales_order_id = affected.sales_order_id]]
-- A version without last_updated has the earliest of all times in its key.
join gear.ids_sales_order_versions i on i.sales_order_id = o.sales_order_id and i.last_updated_key = coalesce(o.last_updated, cast('0001-01-01 00:00:00' as datetime(6)))
join bus.fact_sales_order f on f.sales_order_id = o.sales_order_id
group by o.sales_order_id
