-- mart: gear.trip_source_sums
-- kind: additive
-- of: trips
-- key: region, datasource
-- index: datasource, region
-- Trips by region and datasource.

-- columns
region smallint unsigned
datasource smallint unsigned
trips bigint sum
first_datetime datetime min
last_datetime datetime max

-- rows
select t.region, t.datasource, count(*), min(t.datetime), max(t.datetime)
from landed.trips t
group by t.region, t.datasource
