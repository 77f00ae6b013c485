-- mart: bus.newest_purchase_orders
-- The newest version of each purchase order: the one that the highest run delivered, whatever its last_updated says.
-- key: purchase_order_id

-- columns
purchase_record_id int unsigned
purchase_order_id int unsigned
created_date date null
created_time time(6) null
last_updated_date date null
last_updated_time time(6) null
staff_id int unsigned
counterparty_id int unsigned
item_code varchar(1000) null
item_quantity int
item_unit_price decimal(10,2)
currency_id int unsigned
agreed_delivery_date date null
agreed_payment_date date null
agreed_delivery_location_id int unsigned

-- affected by purchase_order
select c.purchase_order_id from changes.purchase_order c

-- rows
select
  i.purchase_record_id,
  o.purchase_order_id,
  cast(o.source_created_at as date) as created_date,
  cast(o.source_created_at as time(6)) as created_time,
  cast(o.last_updated as date) as last_updated_date,
  cast(o.last_updated as time(6)) as last_updated_time,
  o.staff_id,
  o.counterparty_id,
  o.item_code,
  o.item_quantity,
  o.item_unit_price,
  o.currency_id,
  o.agreed_delivery_date,
  o.agreed_payment_date,
  o.agreed_delivery_location_id
from [[affected straight_join]] bulk.purchase_order o [[on o.purchase_order_id = affected.purchase_order_id]]
-- A version without last_updated has the earliest of all times in its key.
join gear.ids_purchase_order_versions i on i.purchase_order_id = o.purchase_order_id and i.last_updated_key = coalesce(o.last_updated, cast('0001-01-01 00:00:00' as datetime(6)))
