-- mart: bus.calendar_dates
-- One row for each date from 2019-12-31 to 2036-12-31, to join dates with; weeks are ISO weeks and begin on Monday.
-- key: date

-- columns
date date
date8 int
day_of_week tinyint
day_of_week_char varchar(3)
day_name varchar(9)
is_weekend boolean
day_of_month tinyint
day_of_year smallint
week tinyint
year_week varchar(8)
month tinyint
month_name varchar(9)
quarter tinyint
year_quarter varchar(6)
year smallint
week_begin date
week_end date
month_begin date
month_end date
quarter_begin date
quarter_end date
year_begin date
year_end date
next_date date
prev_date date
is_last_day_of_month boolean

-- rows
with digits as (
  select 0 as n union all select 1 union all select 2 union all select 3 union all select 4
  union all select 5 union all select 6 union all select 7 union all select 8 union all select 9
),
dates as (
  select cast('2019-12-31' as date) + interval (a.n + 10 * b.n + 100 * c.n + 1000 * d.n) day as date
  from digits a cross join digits b cross join digits c cross join digits d
  where a.n + 10 * b.n + 100 * c.n + 1000 * d.n <= datediff('2036-12-31', '2019-12-31')
),
begins as (
  select
    d.date,
    d.date - interval weekday(d.date) day as week_begin,
    d.date - interval (dayofmonth(d.date) - 1) day as month_begin,
    makedate(year(d.date), 1) as year_begin
  from dates d
),
quarters as (
  select b.*, b.year_begin + interval 3 * (quarter(b.date) - 1) month as quarter_begin
  from begins b
)
select
  q.date,
  year(q.date) * 10000 + month(q.date) * 100 + dayofmonth(q.date) as date8,
  dayofweek(q.date) - 1 as day_of_week,
  elt(dayofweek(q.date), '1st', '2nd', '3rd', '4th', '5th', '6th', '7th') as day_of_week_char,
  elt(dayofweek(q.date), 'Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday') as day_name,
  weekday(q.date) >= 5 as is_weekend,
  dayofmonth(q.date) as day_of_month,
  dayofyear(q.date) as day_of_year,
  week(q.date, 3) as week,
  concat(yearweek(q.date, 3) div 100, '-W', lpad(week(q.date, 3), 2, '0')) as year_week,
  month(q.date) as month,
  elt(
    month(q.date), 'January', 'February', 'March', 'April', 'May', 'June',
    'July', 'August', 'September', 'October', 'November', 'December'
  ) as month_name,
  quarter(q.date) as quarter,
  concat(year(q.date), ' ', quarter(q.date)) as year_quarter,
  year(q.date) as year,
  q.week_begin,
  q.week_begin + interval 6 day as week_end,
  q.month_begin,
  last_day(q.date) as month_end,
  q.quarter_begin,
  q.quarter_begin + interval 3 month - interval 1 day as quarter_end,
  q.year_begin,
  q.year_begin + interval 1 year - interval 1 day as year_end,
  q.date + interval 1 day as next_date,
  q.date - interval 1 day as prev_date,
  q.date = last_day(q.date) as is_last_day_of_month
from quarters q
