-- view: bus.current_payment
-- The newest version of each payment: the one that the highest run delivered, whatever its last_updated says.
select
  n.payment_record_id,
  n.payment_id,
  n.created_date,
  n.created_time,
  n.last_updated_date,
  n.last_updated_time,
  n.transaction_id,
  n.counterparty_id,
  n.payment_amount,
  n.currency_id,
  n.payment_type_id,
  n.paid,
  n.payment_date
from bus.newest_payment n
