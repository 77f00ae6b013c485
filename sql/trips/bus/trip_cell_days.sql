-- view: bus.trip_cell_days
-- Trips by the cell of their origin, day and region.

select s.cell, s.day, r.value as region, s.n as trips
from gear.trips_weekly_cell_days s
join bulk.trips_region r on r.id = s.region
