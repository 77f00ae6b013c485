-- view: bus.current_sales_order
-- The newest version of each sales order: the one that the highest run delivered, whatever its last_updated says.
select
  f.sales_record_id,
  n.sales_order_id,
  f.created_date,
  f.created_time,
  f.last_updated_date,
  f.last_updated_time,
  f.sales_staff_id,
  f.counterparty_id,
  f.units_sold,
  f.unit_price,
  f.currency_id,
  f.design_id,
  f.agreed_payment_date,
  f.agreed_delivery_date,
  f.agreed_delivery_location_id
from bus.newest_sales_order n
join bus.fact_sales_order f on f.sales_record_id = n.sales_record_id
