-- mart: bus.fact_payment
-- Every version of every payment that a run of the extract delivered. Its id is given once; a version that comes again with other values keeps it.
-- key: payment_record_id
-- index: payment_id

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

-- affected by payment_versions
select i.payment_record_id
from changes.payment_versions c
straight_join gear.ids_payment_versions i on i.payment_id = c.payment_id and i.last_updated_key = c.last_updated_key

-- rows
select
  i.payment_record_id,
  v.payment_id,
  cast(v.source_created_at as date) as created_date,
  cast(v.source_created_at as time(6)) as created_time,
  cast(v.last_updated as date) as last_updated_date,
  cast(v.last_updated as time(6)) as last_updated_time,
  v.transaction_id,
  v.counterparty_id,
  v.payment_amount,
  v.currency_id,
  v.payment_type_id,
  v.paid,
  v.payment_date
from [[affected straight_join]] gear.ids_payment_versions i [[on i.payment_record_id = affected.payment_record_id]]
join bulk.payment_versions v on v.payment_id = i.payment_id and v.last_updated_key = i.last_updated_key
