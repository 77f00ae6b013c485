-- view: bus.current_payment
-- The newest version of each payment: the one that the highest run delivered, whatever its last_updated says.
select
  f.payment_record_id,
  n.payment_id,
  f.created_date,
  f.created_time,
  f.last_updated_date,
  f.last_updated_time,
  f.transaction_id,
  f.counterparty_id,
  f.payment_amount,
  f.currency_id,
  f.payment_type_id,
  f.paid,
  f.payment_date
from bus.newest_payment n
join bus.fact_payment f on f.payment_record_id = n.payment_record_id
