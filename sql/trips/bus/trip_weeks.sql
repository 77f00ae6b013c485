-- view: bus.trip_weeks
-- Trips by region and ISO week.

select r.value as region, s.week div 100 as iso_year, s.week % 100 as iso_week, s.n as trips
from gear.trips_weekly_totals s
join bulk.trips_region r on r.id = s.region
