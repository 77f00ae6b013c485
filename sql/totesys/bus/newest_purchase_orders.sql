-- mart: bus.newest_purchase_orders
-- The fact that is the newest version of each purchase order: the one that the highest run delivered, whatever its last_updated says.
-- key: purchase_order_id
-- after: bus.fact_purchase_orders

-- columns
purchase_order_id int unsigned
purchase_record_id int unsigned

-- affected by purchase_order
select c.purchase_order_id from changes.purchase_order c

-- affected by purchase_order_versions
select c.purchase_order_id from changes.purchase_order_versions c

-- rows
select
  o.purchase_order_id,
  -- bulk may already have a version whose fact is still to come. Until it comes, the purchase order keeps one that is there.
  coalesce(max(case when f.purchase_record_id = i.purchase_record_id then f.purchase_record_id end), max(f.purchase_record_id)) as purchase_record_id
from [[affected straight_join]] bulk.purchase_order o [[on o.purchase_order_id = affected.purchase_order_id]]
-- A version without last_updated has the earliest of all times in its key.
join gear.ids_purchase_order_versions i on i.purchase_order_id = o.purchase_order_id and i.last_updated_key = coalesce(o.last_updated, cast('0001-01-01 00:00:00' as datetime(6)))
join bus.fact_purchase_orders f on f.purchase_order_id = o.purchase_order_id
group by o.purchase_order_id
