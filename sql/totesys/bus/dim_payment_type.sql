-- mart: bus.dim_payment_type
-- The latest state of each type of payment.
-- key: payment_type_id

-- columns
payment_type_id int unsigned
payment_type_name varchar(1000) null

-- affected by payment_type
select c.payment_type_id from changes.payment_type c
where c.change_kind = 'inserted' or not (
  cast(c.old_payment_type_name as binary) <=> cast(c.new_payment_type_name as binary)
)

-- rows
select t.payment_type_id, t.payment_type_name
from [[affected straight_join]] bulk.payment_type t [[on t.payment_type_id = affected.payment_type_id]]
