-- mart: bus.dim_location
-- The latest state of each address.
-- key: location_id

-- columns
location_id int unsigned
address_line_1 varchar(1000) null
address_line_2 varchar(1000) null
district varchar(1000) null
city varchar(1000) null
postal_code varchar(1000) null
country varchar(1000) null
phone varchar(1000) null

-- affected by address
select c.address_id as location_id from changes.address c
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
  a.address_id as location_id,
  a.address_line_1,
  a.address_line_2,
  a.district,
  a.city,
  a.postal_code,
  a.country,
  a.phone
from [[affected straight_join]] bulk.address a [[on a.address_id = affected.location_id]]
