-- report: Weekly average of an area by destination
-- Trips whose destination lies in a box, and how many a week that is: exact, as `strata trips weekly --by destination` says it. Without a box, those of everywhere.
-- filters: lon1, lat1, lon2, lat2, region, from, to
with corners as (
  select
    round(least(x.lon1, x.lon2) * 10000000) as west,
    round(greatest(x.lon1, x.lon2) * 10000000) as east,
    round(least(x.lat1, x.lat2) * 10000000) as south,
    round(greatest(x.lat1, x.lat2) * 10000000) as north
  from (
    select
      cast(coalesce([[ {{lon1}}, ]] -180) as decimal(30,20)) as lon1,
      cast(coalesce([[ {{lat1}}, ]] -90) as decimal(30,20)) as lat1,
      cast(coalesce([[ {{lon2}}, ]] 180) as decimal(30,20)) as lon2,
      cast(coalesce([[ {{lat2}}, ]] 90) as decimal(30,20)) as lat2
  ) x
),
-- Cells that the box touches, and those that lie in it as a whole: beyond 180 and 90 degrees there is nothing.
box as (
  select
    c.west, c.east, c.south, c.north,
    cast((c.west + 1800000000) div 100000 as signed) as first_column,
    cast((c.east + 1800000000) div 100000 as signed) as last_column,
    cast((c.south + 900000000) div 100000 as signed) as first_row,
    cast((c.north + 900000000) div 100000 as signed) as last_row,
    cast((c.west + 1800000000 + 99999) div 100000 as signed) as first_whole_column,
    cast(if(c.east = 1800000000, 36000, (c.east + 1800000001) div 100000 - 1) as signed) as last_whole_column,
    cast((c.south + 900000000 + 99999) div 100000 as signed) as first_whole_row,
    cast(if(c.north = 900000000, 18000, (c.north + 900000001) div 100000 - 1) as signed) as last_whole_row
  from corners c
),
-- Sixteen parts of each cell along the edges of the box, of which those are read that the box touches: four from west to east, and in each
-- of them four from south to north.
steps as (select 0 as step union all select 1 union all select 2 union all select 3),
edges as (
  select k.cell, x.step * 4 + y.step as part
  from (
    select distinct c.cell
    from box b
    join bus.trip_destination_cells c
      on c.cell between b.first_column * 18001 + b.first_row and b.last_column * 18001 + b.last_row
      and c.cell % 18001 between b.first_row and b.last_row
    where not (
      c.cell div 18001 between b.first_whole_column and b.last_whole_column
      and c.cell % 18001 between b.first_whole_row and b.last_whole_row
    )
    [[ and c.region = {{region}} ]]
  ) k
  cross join box b
  join steps x
    on k.cell div 18001 * 100000 + x.step * 25000 <= b.east + 1800000000
    and k.cell div 18001 * 100000 + x.step * 25000 + 24999 >= b.west + 1800000000
  join steps y
    on k.cell % 18001 * 100000 + y.step * 25000 <= b.north + 900000000
    and k.cell % 18001 * 100000 + y.step * 25000 + 24999 >= b.south + 900000000
),
counted as (
  -- Whole weeks of the cells that lie in the box, from the kept sums. A week of which days lie behind the year 9999 counts by its days.
  select k.iso_year_week, sum(k.trips) as trips
  from box b
  join bus.trip_destination_cells k
    on k.cell between b.first_whole_column * 18001 + b.first_whole_row and b.last_whole_column * 18001 + b.last_whole_row
    and k.cell % 18001 between b.first_whole_row and b.last_whole_row
  where true
    [[ and k.region = {{region}} ]]
    [[ and k.iso_year_week >= coalesce(yearweek(date_add({{from}}, interval 6 day), 3), 1000000) ]]
    [[ and k.iso_year_week <= yearweek(date_sub({{to}}, interval 6 day), 3) ]]
  group by k.iso_year_week
  union all
  -- Of weeks that are cut their days: six at most at each end.
  select yearweek(k.day, 3), sum(k.trips)
  from box b
  join bus.trip_destination_cell_days k
    on k.cell between b.first_whole_column * 18001 + b.first_whole_row and b.last_whole_column * 18001 + b.last_whole_row
    and k.cell % 18001 between b.first_whole_row and b.last_whole_row
  where (
      false
      [[ or yearweek(k.day, 3) < coalesce(yearweek(date_add({{from}}, interval 6 day), 3), 1000000) ]]
      [[ or yearweek(k.day, 3) > yearweek(date_sub({{to}}, interval 6 day), 3) ]]
    )
    [[ and k.day >= {{from}} ]]
    [[ and k.day <= {{to}} ]]
    [[ and k.region = {{region}} ]]
  group by yearweek(k.day, 3)
  union all
  -- Along the edges, trip by trip.
  select yearweek(t.datetime, 3), count(*)
  from edges k
  cross join box b
  straight_join bus.trip_destination_points t on t.cell = k.cell and t.part = k.part
  where t.destination_lon between b.west and b.east
    and t.destination_lat between b.south and b.north
    [[ and t.region = {{region}} ]]
    [[ and t.datetime >= {{from}} ]]
    [[ and t.datetime <= timestamp({{to}}, '23:59:59') ]]
  group by yearweek(t.datetime, 3)
),
answer as (
  select
    coalesce(sum(k.trips), 0) as trips,
    coalesce([[ yearweek({{from}}, 3), ]] min(k.iso_year_week)) as first_week,
    coalesce([[ yearweek({{to}}, 3), ]] max(k.iso_year_week)) as last_week
  from counted k
)
select
  a.trips,
  coalesce(w.weeks, 0) as weeks,
  cast(coalesce((2000 * a.trips + w.weeks) div (2 * w.weeks), 0) * 0.001 as decimal(20,3)) as average,
  if(w.weeks is null, null, concat(a.first_week div 100, '-W', lpad(a.first_week % 100, 2, '0'))) as first_week,
  if(w.weeks is null, null, concat(a.last_week div 100, '-W', lpad(a.last_week % 100, 2, '0'))) as last_week
from answer a
left join (
  select
    1 as one,
    datediff(
      str_to_date(concat(x.last_week, ' Monday'), '%x%v %W'),
      str_to_date(concat(x.first_week, ' Monday'), '%x%v %W')
    ) div 7 + 1 as weeks
  from answer x
) w on w.one = 1
