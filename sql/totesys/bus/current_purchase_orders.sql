-- view: bus.current_purchase_orders
-- The newest version of each purchase order: the one that the highest run delivered, whatever its last_updated says.
select
  n.purchase_record_id,
  n.purchase_order_id,
  n.created_date,
  n.created_time,
  n.last_updated_date,
  n.last_updated_time,
  n.staff_id,
  n.counterparty_id,
  n.item_code,
  n.item_quantity,
  n.item_unit_price,
  n.currency_id,
  n.agreed_delivery_date,
  n.agreed_payment_date,
  n.agreed_delivery_location_id
from bus.newest_purchase_orders n
