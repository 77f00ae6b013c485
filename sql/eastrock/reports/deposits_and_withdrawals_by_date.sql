-- report: Deposits and withdrawals by date
-- What was deposited and withdrawn on each date on which there was a payment.
-- filters: date_from, date_to
select
  d.date,
  sum(d.deposit) as deposit,
  sum(d.deposits) as deposits,
  sum(d.withdrawal) as withdrawal,
  sum(d.withdrawals) as withdrawals
from bus.daily_payments d
where true
  [[ and d.date >= {{date_from}} ]]
  [[ and d.date <= {{date_to}} ]]
group by d.date
order by d.date
