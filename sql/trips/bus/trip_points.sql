-- view: bus.trip_points
-- A row for each trip as it is stored, for queries by area: its run, the cell of its origin, the part of the cell, and coordinates in whole 1e-7 degrees.

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
join bulk.trips t on t.run = v.run
join bulk.trips_region r on r.id = t.region
where v.pipeline = 'trips' and v.entity = 'trips'
