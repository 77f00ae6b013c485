-- mart: bus.newest_sales_order
-- The newest version of each sales order: the one that the highest run delivered, whatever its last_updated says.
-- key: sales_order_id

-- columns
sales_record_id int unsigned
sales_order_id int unsigned
created_date date null
created_time time(6) null
last_updated_date date null
last_updated_time time(6) null
sales_staff_id int unsigned
counterparty_id int unsigned
units_sold int
unit_price decimal(10,2)
currency_id int unsigned
design_id int unsigned
agreed_payment_date date null
agreed_delivery_date date null
agreed_delivery_location_id int unsigned

-- affected by sales_order
select c.sales_order_id from changes.sales_order c

-- rows
select
  i.sales_record_id,
  o.sales_order_id,
  cast(o.source_created_at as date) as created_date,
  cast(o.source_created_at as time(6)) as created_time,
  cast(o.last_updated as date) as last_updated_date,
  cast(o.last_updated as time(6)) as last_updated_time,
  o.staff_id as sales_staff_id,
  o.counterparty_id,
  o.units_sold,
  o.unit_price,
  o.currency_id,
  o.design_id,
  o.agreed_payment_date,
  o.agreed_delivery_date,
  o.agreed_delivery_location_id
from [[affected straight_join]] bulk.sales_order o [[on o.sales_order_id = affected.sales_order_id]]
-- A version without last_updated has the earliest of all times in its key.
join gear.ids_sales_order_versions i on i.sales_order_id = o.sales_order_id and i.last_updated_key = coalesce(o.last_updated, cast('0001-01-01 00:00:00' as datetime(6)))
