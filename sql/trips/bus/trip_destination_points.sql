-- view: bus.trip_destination_points
-- A row for each trip as it is stored by destination, for queries by area: its run, the cell of its destination, the part of the cell, and coordinates in whole 1e-7 degrees.

select
  t.run,
  t.cell,
  t.part,
  r.value as region,
  t.origin_lon,
  t.origin_lat,
  t.destination_lon,
  t.destination_lat,
  t.datetime
from gear.visible_runs v
join bulk.trips_by_destination t on t.run = v.run
join bulk.trips_region r on r.id = t.region
where v.pipeline = 'trips' and v.entity = 'trips'
