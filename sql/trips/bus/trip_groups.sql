-- view: bus.trip_groups
-- Trips with a similar origin, destination and hour of day: cells of 0.01 degree, by whole hundredths of a degree toward minus infinity.

select
  r.value as region,
  cast(s.origin_cell div 18001 as signed) - 18000 as origin_lon_cell,
  cast(s.origin_cell % 18001 as signed) - 9000 as origin_lat_cell,
  cast(s.destination_cell div 18001 as signed) - 18000 as destination_lon_cell,
  cast(s.destination_cell % 18001 as signed) - 9000 as destination_lat_cell,
  s.hour,
  s.trips,
  s.first_datetime,
  s.last_datetime
from gear.trip_group_sums s
join bulk.trips_region r on r.id = s.region
