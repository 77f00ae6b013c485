-- report: Latest datasource
-- Of the two most common regions, the one datasource with the latest trip of both.
with common as (
  select w.region, sum(w.trips) as trips
  from bus.trip_weeks w
  group by w.region
  order by trips desc, w.region
  limit 2
)
select s.datasource, s.last_datetime, s.region
from common c
join bus.trip_sources s on s.region = c.region
order by s.last_datetime desc, s.datasource desc
limit 1
