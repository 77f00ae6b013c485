-- view: bus.trips
-- A row for each trip of files that are loaded as a whole. The time is that of the region's clocks.

select
  r.value as region,
  d.value as datasource,
  cast(t.origin_lon * 0.0000001 as decimal(10,7)) as origin_lon,
  cast(t.origin_lat * 0.0000001 as decimal(10,7)) as origin_lat,
  cast(t.destination_lon * 0.0000001 as decimal(10,7)) as destination_lon,
  cast(t.destination_lat * 0.0000001 as decimal(10,7)) as destination_lat,
  t.datetime
from gear.visible_runs v
join bulk.trips t on t.run = v.run
join bulk.trips_region r on r.id = t.region
join bulk.trips_datasource d on d.id = t.datasource
where v.pipeline = 'trips' and v.entity = 'trips'
