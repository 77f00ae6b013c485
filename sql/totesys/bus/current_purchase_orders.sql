-- view: bus.current_purchase_orders
-- The newest version of each purchase order: the one that the highest run delivered, whatever its last_updated says.
select
  f.purchase_record_id,
  n.purchase_order_id,
  f.created_date,
  f.created_time,
  f.last_updated_date,
  f.last_updated_time,
  f.staff_id,
  f.counterparty_id,
  f.item_code,
  f.item_quantity,
  f.item_unit_price,
  f.currency_id,
  f.agreed_delivery_date,
  f.agreed_payment_date,
  f.agreed_delivery_location_id
from bus.newest_purchase_orders n
join bus.fact_purchase_orders f on f.purchase_record_id = n.purchase_record_id
