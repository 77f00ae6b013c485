-- report: Open payments
-- Payments that are not paid, the earliest first, with their orders.
-- filters: date_to
select
  p.payment_id,
  p.payment_date,
  t.payment_type_name,
  k.counterparty_legal_name,
  p.payment_amount,
  c.currency_code,
  x.transaction_type,
  coalesce(x.sales_order_id, x.purchase_order_id) as order_id
from bus.current_payment p
left join bus.dim_payment_type t on t.payment_type_id = p.payment_type_id
left join bus.dim_counterparty k on k.counterparty_id = p.counterparty_id
left join bus.dim_currency c on c.currency_id = p.currency_id
left join bus.dim_transaction x on x.transaction_id = p.transaction_id
where not p.paid
  [[ and p.payment_date <= {{date_to}} ]]
order by p.payment_date, p.payment_id
