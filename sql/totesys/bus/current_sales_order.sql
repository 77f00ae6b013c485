-- view: bus.current_sales_order
-- The newest version of each sales order: the one that the highest run delivered, whatever its last_updated says.
select
  n.sales_record_id,
  n.sales_order_id,
  n.created_date,
  n.created_time,
  n.last_updated_date,
  n.last_updated_time,
  n.sales_staff_id,
  n.counterparty_id,
  n.units_sold,
  n.unit_price,
  n.currency_id,
  n.design_id,
  n.agreed_payment_date,
  n.agreed_delivery_date,
  n.agreed_delivery_location_id
from bus.newest_sales_order n
