-- view: bus.current_sales_order
-- The newest version of each sales order: the one that the highest run delivered, whatever its last_updated says.
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
from bulk.sales_order o
-- A version without last_updated has the earliest of all times in its key.
join gear.ids_sales_order_versions i on i.sales_order_id = o.sales_order_id and i.last_updated_key = coalesce(o.last_updated, cast('0001-01-01 00:00:00' as datetime(6)))
