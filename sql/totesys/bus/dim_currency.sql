-- mart: bus.dim_currency
-- The latest state of each currency, with its name in ISO 4217; a code that the standard lacks is its own name.
-- key: currency_id

-- columns
currency_id int unsigned
currency_code varchar(1000) null
currency_name varchar(1000) null

-- affected by currency
select c.currency_id from changes.currency c
where c.change_kind = 'inserted' or not (
  c.old_currency_code <=> c.new_currency_code
  and cast(c.old_currency_name as binary) <=> cast(c.new_currency_name as binary)
)

-- rows
select m.currency_id, m.currency_code, coalesce(m.currency_name, m.currency_code) as currency_name
from [[affected straight_join]] bulk.currency m [[on m.currency_id = affected.currency_id]]
