-- mart: bus.newest_payment
-- The newest version of each payment: the one that the highest run delivered, whatever its last_updated says.
-- key: payment_id

-- columns
payment_record_id int unsigned
payment_id int unsigned
created_date date null
created_time time(6) null
last_updated_date date null
last_updated_time time(6) null
transaction_id int unsigned
counterparty_id int unsigned
payment_amount decimal(10,2)
currency_id int unsigned
payment_type_id int unsigned
paid boolean
payment_date date null

-- affected by payment
select c.payment_id from changes.payment c

-- rows
select
  i.payment_record_id,
  o.payment_id,
  cast(o.source_created_at as date) as created_date,
  cast(o.source_created_at as time(6)) as created_time,
  cast(o.last_updated as date) as last_updated_date,
  cast(o.last_updated as time(6)) as last_updated_time,
  o.transaction_id,
  o.counterparty_id,
  o.payment_amount,
  o.currency_id,
  o.payment_type_id,
  o.paid,
  o.payment_date
from [[affected straight_join]] bulk.payment o [[on o.payment_id = affected.payment_id]]
-- A version without last_updated has the earliest of all times in its key.
join gear.ids_payment_versions i on i.payment_id = o.payment_id and i.last_updated_key = coalesce(o.last_updated, cast('0001-01-01 00:00:00' as datetime(6)))
