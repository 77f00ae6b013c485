-- mart: bus.dim_counterparty
-- The latest state of each counterparty with its legal address, whose columns are empty until it arrives.
-- key: counterparty_id

-- columns
counterparty_id int unsigned
counterparty_legal_name varchar(1000) null
counterparty_legal_address_line_1 varchar(1000) null
counterparty_legal_address_line_2 varchar(1000) null
counterparty_legal_district varchar(1000) null
counterparty_legal_city varchar(1000) null
counterparty_legal_postal_code varchar(1000) null
counterparty_legal_country varchar(1000) null
counterparty_legal_phone_number varchar(1000) null

-- affected by counterparty
select c.counterparty_id from changes.counterparty c
where c.change_kind = 'inserted' or not (
  cast(c.old_counterparty_legal_name as binary) <=> cast(c.new_counterparty_legal_name as binary)
  and c.old_legal_address_id <=> c.new_legal_address_id
)

-- affected by address
select p.counterparty_id
from changes.address c straight_join bulk.counterparty p on p.legal_address_id = c.address_id
where c.change_kind = 'inserted' or not (
  cast(c.old_address_line_1 as binary) <=> cast(c.new_address_line_1 as binary)
  and cast(c.old_address_line_2 as binary) <=> cast(c.new_address_line_2 as binary)
  and cast(c.old_district as binary) <=> cast(c.new_district as binary)
  and cast(c.old_city as binary) <=> cast(c.new_city as binary)
  and cast(c.old_postal_code as binary) <=> cast(c.new_postal_code as binary)
  and cast(c.old_country as binary) <=> cast(c.new_country as binary)
  and cast(c.old_phone as binary) <=> cast(c.new_phone as binary)
)

-- rows
select
  p.counterparty_id,
  p.counterparty_legal_name,
  a.address_line_1 as counterparty_legal_address_line_1,
  a.address_line_2 as counterparty_legal_address_line_2,
  a.district as counterparty_legal_district,
  a.city as counterparty_legal_city,
  a.postal_code as counterparty_legal_postal_code,
  a.country as counterparty_legal_country,
  a.phone as counterparty_legal_phone_number
from [[affected straight_join]] bulk.counterparty p [[on p.counterparty_id = affected.counterparty_id]]
left join bulk.address a on a.address_id = p.legal_address_id
