-- report: Payments by weekday
-- What was paid on each day of the week, Monday first.
-- filters: date_from, date_to
select
  c.day_name,
  count(distinct d.date) as dates,
  sum(d.transactions) as transactions,
  sum(d.deposit) as deposit,
  sum(d.deposits) as deposits,
  sum(d.withdrawal) as withdrawal,
  sum(d.withdrawals) as withdrawals
from bus.daily_payments d
join bus.calendar_dates c on c.date = d.date
where true
  [[ and d.date >= {{date_from}} ]]
  [[ and d.date <= {{date_to}} ]]
group by c.day_of_week, c.day_name
order by (c.day_of_week + 6) % 7
