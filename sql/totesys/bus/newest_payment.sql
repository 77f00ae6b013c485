-- mart: bus.newest_payment
-- The fact that is the newest version of each payment: the one that the highest run delivered, whatever its last_updated says.
-- key: payment_id
-- after: bus.fact_payment

-- columns
payment_id int unsigned
payment_record_id int unsigned

-- affected by payment
select c.payment_id from changes.payment c

-- affected by payment_versions
select c.payment_id from changes.payment_versions c

-- rows
select
  o.payment_id,
  -- bulk may already have a version whose fact is still to come. Until it comes, the payment keeps one that is there.
  coalesce(max(case when f.payment_record_id = i.payment_record_id then f.payment_record_id end), max(f.payment_record_id)) as payment_record_id
from [[affected straight_join]] bulk.payment o [[on o.payment_id = affected.payment_id]]
-- A version without last_updated has the earliest of all times in its key.
join gear.ids_payment_versions i on i.payment_id = o.payment_id and i.last_updated_key = coalesce(o.last_updated, cast('0001-01-01 00:00:00' as datetime(6)))
join bus.fact_payment f on f.payment_id = o.payment_id
group by o.payment_id
