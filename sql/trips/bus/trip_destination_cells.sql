-- view: bus.trip_destination_cells
-- Trips by the cell of their destination, ISO week and region.

select s.cell, s.week div 100 as iso_year, s.week % 100 as iso_week, s.week as iso_year_week, r.value as region, s.n as trips
from gear.trips_weekly_destination_cells s
join bulk.trips_region r on r.id = s.region
