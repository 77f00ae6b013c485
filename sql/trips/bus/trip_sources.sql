-- view: bus.trip_sources
-- Trips by region and datasource, with the first and the last time.

select r.value as region, d.value as datasource, s.trips, s.first_datetime, s.last_datetime
from gear.trip_source_sums s
join bulk.trips_region r on r.id = s.region
join bulk.trips_datasource d on d.id = s.datasource
