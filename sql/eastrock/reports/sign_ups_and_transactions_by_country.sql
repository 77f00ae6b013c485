-- report: Sign-ups and transactions by country
-- How many users signed up, and what was paid, in each country.
-- filters: country, date_from, date_to
select
  d.country,
  sum(d.sign_ups) as sign_ups,
  sum(d.transactions) as transactions,
  sum(d.deposit) as deposit,
  sum(d.withdrawal) as withdrawal
from bus.daily_countries d
where true
  [[ and d.country = {{country}} ]]
  [[ and d.date >= {{date_from}} ]]
  [[ and d.date <= {{date_to}} ]]
group by d.country_id, d.country
order by sum(d.sign_ups) desc, d.country
