-- mart: bus.fact_sales_order
-- Every version of every sales order that a run of the extract delivered. Its id is given once; a version that comes again with other values keeps it.
-- key: sales_record_id
-- index: sales_order_id

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

-- affected by sales_order_versions
select i.sales_record_id
from changes.sales_order_versions c
straight_join gear.ids_sales_order_versions i on i.sales_order_id = c.sales_order_id and i.last_updated_key = c.last_updated_key

-- rows
select
  i.sales_record_id,
  v.sales_order_id,
  cast(v.source_created_at as date) as created_date,
  cast(v.source_created_at as time(6)) as created_time,
  cast(v.last_updated as date) as last_updated_date,
  cast(v.last_updated as time(6)) as last_updated_time,
  v.staff_id as sales_staff_id,
  v.counterparty_id,
  v.units_sold,
  v.unit_price,
  v.currency_id,
  v.design_id,
  v.agreed_payment_date,
  v.agreed_delivery_date,
  v.agreed_delivery_location_id
from [[affected straight_join]] gear.ids_sales_order_versions i [[on i.sales_record_id = affected.sales_record_id]]
join bulk.sales_order_versions v on v.sales_order_id = i.sales_order_id and v.last_updated_key = i.last_updated_key
