-- report: Regions of a datasource
-- In which regions a datasource has appeared, cheap_mobile where none is chosen.
-- filters: datasource
select s.region, s.trips, s.first_datetime, s.last_datetime
from bus.trip_sources s
where s.datasource = coalesce([[ {{datasource}}, ]] 'cheap_mobile')
order by s.region
