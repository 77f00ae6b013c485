-- mart: bus.fact_purchase_orders
-- Every version of every purchase order that a run of the extract delivered. Its id is given once; a version that comes again with other values keeps it.
-- key: purchase_record_id
-- index: purchase_order_id

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

-- affected by purchase_order_versions
select i.purchase_record_id
from changes.purchase_order_versions c
straight_join gear.ids_purchase_order_versions i on i.purchase_order_id = c.purchase_order_id and i.last_updated_key = c.last_updated_key

-- rows
select
  i.purchase_record_id,
  v.purchase_order_id,
  cast(v.source_created_at as date) as created_date,
  cast(v.source_created_at as time(6)) as created_time,
  cast(v.last_updated as date) as last_updated_date,
  cast(v.last_updated as time(6)) as last_updated_time,
  v.staff_id,
  v.counterparty_id,
  v.item_code,
  v.item_quantity,
  v.item_unit_price,
  v.currency_id,
  v.agreed_delivery_date,
  v.agreed_payment_date,
  v.agreed_delivery_location_id
from [[affected straight_join]] gear.ids_purchase_order_versions i [[on i.purchase_record_id = affected.purchase_record_id]]
join bulk.purchase_order_versions v on v.purchase_order_id = i.purchase_order_id and v.last_updated_key = i.last_updated_key
