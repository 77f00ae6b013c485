-- mart: gear.trip_group_sums
-- kind: additive
-- of: trips
-- key: origin_cell, region, destination_cell, hour
-- Trips by the cell of their origin, that of their destination, and hour of day. Cells are numbered as in bulk.trips.

-- columns
origin_cell int unsigned
region smallint unsigned
destination_cell int unsigned
hour tinyint unsigned
trips int unsigned sum
first_datetime datetime min
last_datetime datetime max

-- rows
select sql_big_result
  t.cell,
  t.region,
  ((t.destination_lon + 1800000000) div 100000) * 18001 + (t.destination_lat + 900000000) div 100000,
  hour(t.datetime),
  count(*),
  min(t.datetime),
  max(t.datetime)
from landed.trips t
group by
  t.cell,
  t.region,
  ((t.destination_lon + 1800000000) div 100000) * 18001 + (t.destination_lat + 900000000) div 100000,
  hour(t.datetime)
